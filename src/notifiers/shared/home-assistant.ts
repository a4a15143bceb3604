import { forJson } from '../../base/encode.ts';
import { SEVERITIES } from '../../model/core.ts';
import type { FormatContext, MqttMessage, NoticeDevice } from '../notifier.ts';
import { line } from './text.ts';

/** Where a broker has ours: above all of our topics, and where Home Assistant looks. */
export interface HomePlace {
  readonly prefix: string;
  readonly discovery: string;
}

export interface HomeTopics {
  /** Of Home Assistant, `[a-z0-9_]`. */
  readonly id: string;
  readonly config: string;
  readonly state: string;
}

/** @param device id of ours, `PTL-D-7F3K` */
export function homeTopics(device: string, { prefix, discovery }: HomePlace): HomeTopics {
  const id = `ptl_${level(device.replace(/^PTL-D-/i, ''))}`;
  return { id, config: `${discovery}/device/${id}/config`, state: `${prefix}/d/${id}` };
}

/** Where a daemon says whether it runs. */
export function statusTopic({ prefix }: Pick<HomePlace, 'prefix'>): string {
  return `${prefix}/status`;
}

/** What Home Assistant keeps of a device: what it is, in one message, and how it is. */
export function homeMessages(
  device: NoticeDevice,
  place: HomePlace,
  context: Pick<FormatContext, 'version' | 'isDaemon'>,
): readonly MqttMessage[] {
  const topics = homeTopics(device.id, place);
  return [
    { topic: topics.config, payload: config(device, topics, place, context), retain: true },
    { topic: topics.state, payload: stateOf(device), retain: true },
  ];
}

function config(
  device: NoticeDevice,
  { id, state }: HomeTopics,
  place: HomePlace,
  { version, isDaemon = false }: Pick<FormatContext, 'version' | 'isDaemon'>,
): string {
  return forJson({
    device: {
      identifiers: [id],
      // With these Home Assistant joins it with the device that another integration brought.
      connections: device.macs.filter(isMac).map((mac) => ['mac', mac.toLowerCase()]),
      name: line(device.name, 80),
      ...(device.vendor === undefined ? {} : { manufacturer: line(device.vendor, 80) }),
      ...(device.model === undefined ? {} : { model: line(device.model, 80) }),
      ...(device.firmware === undefined ? {} : { sw_version: line(device.firmware, 80) }),
    },
    origin: { name: 'Portolan', sw_version: version },
    state_topic: state,
    // Without a daemon nobody says that it runs, and everything would be unavailable for ever.
    ...(isDaemon ? { availability_topic: statusTopic(place) } : {}),
    components: components(id, state),
  });
}

/** No command topic: nothing can be switched from there. */
function components(id: string, state: string): object {
  const part = (key: string, platform: string, name: string, more: object = {}): object => ({
    [key]: { platform, name, value_template: template(key), unique_id: `${id}_${key}`, ...more },
  });
  return {
    ...part('online', 'binary_sensor', 'Online', { device_class: 'connectivity' }),
    ...part('problem', 'binary_sensor', 'Problem', { device_class: 'problem' }),
    ...part('services', 'sensor', 'Open services'),
    ...part('risk', 'sensor', 'Risk', { device_class: 'enum', options: ['none', ...SEVERITIES] }),
    alert: {
      platform: 'event',
      name: 'Alert',
      event_types: ['opened', 'worse', 'resolved', 'digest'],
      state_topic: `${state}/alert`,
      unique_id: `${id}_alert`,
    },
    ...part('last_alert', 'sensor', 'Last alert'),
  };
}

/** What is not known is `None`, which Home Assistant shows as unknown. */
function template(key: string): string {
  return `{{ value_json.${key} | default('None') }}`;
}

function stateOf({ online, openAlerts, services, risk, lastAlert }: NoticeDevice): string {
  return forJson({
    ...(online === undefined ? {} : { online: online ? 'ON' : 'OFF' }),
    ...(openAlerts === undefined
      ? {}
      : { problem: openAlerts > 0 ? 'ON' : 'OFF', open_alerts: openAlerts }),
    ...(services === undefined ? {} : { services }),
    ...(risk === undefined ? {} : { risk }),
    // A state of Home Assistant has at most 255 characters.
    ...(lastAlert === undefined ? {} : { last_alert: line(lastAlert, 255) }),
  });
}

/** One level of a topic, and an id for Home Assistant: `[a-z0-9_]`, whatever it is made of. */
export function level(text: string): string {
  const clean = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_')
    .slice(0, 60);
  return clean === '' ? 'unknown' : clean;
}

export function isMac(key: string): boolean {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(key);
}
