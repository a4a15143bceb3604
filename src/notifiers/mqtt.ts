import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Alert } from '../model/alert.ts';
import type { FormatContext, MqttMessage, Notice, NoticeDevice, Notifier } from './notifier.ts';
import { noticeJson } from './shared/notice-json.ts';
import { address, file, secretFile } from './shared/settings.ts';
import { line } from './shared/text.ts';
import { isoMillis, typeWords, whoOf } from './shared/words.ts';

/** Octets of a payload. */
const CAP = 65_536;
/** Devices of one notice that are told of. */
const DEVICES = 50;

/** Levels of a topic that we build on: no wildcard, no NUL, no empty level (MQTT 5.0 §4.7). */
const topic = z.string().regex(/^[\w-]{1,64}(\/[\w-]{1,64}){0,3}$/, {
  error: 'is no topic: letters, digits, - and _, levels by /',
});

const settings = z.strictObject({
  type: z.literal('mqtt'),
  url: address('mqtts', 'mqtt'),
  user: z.exactOptional(z.string().min(1)),
  password_file: z.exactOptional(secretFile),
  ca_file: z.exactOptional(file),
  /** Above all of our topics. */
  prefix: topic.default('portolan'),
  /** Home Assistant's discovery prefix; `off` for brokers without it. */
  discovery: z.union([z.literal('off'), topic]).default('homeassistant'),
});

/**
 * Each alert as JSON under `portolan/event/TYPE`; with Home Assistant also each device with a
 * *problem*, the alerts as an event entity and, where known, the number of its services.
 */
export const mqtt = {
  id: 'mqtt',
  title: 'MQTT, with Home Assistant discovery',
  sources: [
    'MQTT 5.0 §4.7 (topic names), §1.5.4 (no NUL)',
    'home-assistant.io/integrations/mqtt: device discovery payload (device, origin, components with platform), 2026-11',
    'home-assistant.io/integrations/event.mqtt: event_type in event_types',
  ],
  settings,
  format: (notice, { prefix, discovery }, context) => ({
    kind: 'mqtt',
    messages: [
      ...events(notice, prefix, context),
      ...(discovery === 'off' ? [] : entities(notice, prefix, discovery, context)),
    ],
  }),
} as const satisfies Notifier<z.infer<typeof settings>>;

/** For whoever subscribes to `portolan/event/#`. */
function events(notice: Notice, prefix: string, context: FormatContext): readonly MqttMessage[] {
  if (notice.alerts.length === 0) {
    const payload = noticeJson(notice, context, CAP);
    return [{ topic: `${prefix}/event/${notice.kind}`, payload, retain: false }];
  }
  return notice.alerts.map((alert) => ({
    topic: `${prefix}/event/${level(alert.last.type)}`,
    payload: noticeJson({ ...notice, alerts: [alert], more: 0 }, context, CAP),
    retain: false,
  }));
}

/** One device of Home Assistant a device of ours. */
function entities(
  notice: Notice,
  prefix: string,
  discovery: string,
  context: FormatContext,
): readonly MqttMessage[] {
  const byDevice = new Map<string, Alert[]>();
  for (const alert of notice.alerts) {
    const [key = ''] = alert.last.devices;
    const before = byDevice.get(key);
    if (before === undefined) byDevice.set(key, [alert]);
    else before.push(alert);
  }
  return [...byDevice].slice(0, DEVICES).flatMap(([key, alerts]) => {
    const device = notice.devices?.get(key) ?? unknownDevice(key, alerts, notice);
    const id = `ptl_${level(device.id.replace(/^PTL-D-/i, ''))}`;
    const state = `${prefix}/d/${id}`;
    return [
      {
        topic: `${discovery}/device/${id}/config`,
        payload: config(device, id, state, context),
        retain: true,
      },
      { topic: state, payload: stateOf(device, alerts, notice), retain: true },
      ...alerts.map((alert) => ({
        topic: `${state}/alert`,
        payload: eventOf(alert, notice),
        retain: false,
      })),
    ];
  });
}

/** A device of which no more than the key is known: the key is stable, so its entities are too. */
function unknownDevice(key: string, alerts: readonly Alert[], notice: Notice): NoticeDevice {
  const [alert] = alerts;
  const name = alert === undefined ? key : whoOf(alert.last, notice);
  return { id: key, name, macs: isMac(key) ? [key] : [], addresses: isMac(key) ? [] : [key] };
}

function config(device: NoticeDevice, id: string, state: string, context: FormatContext): string {
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
    origin: { name: 'Portolan', sw_version: context.version },
    state_topic: state,
    components: {
      problem: {
        platform: 'binary_sensor',
        device_class: 'problem',
        name: 'Problem',
        value_template: '{{ value_json.problem }}',
        unique_id: `${id}_problem`,
      },
      ...(device.services === undefined
        ? {}
        : {
            services: {
              platform: 'sensor',
              name: 'Open services',
              value_template: '{{ value_json.services }}',
              unique_id: `${id}_services`,
            },
          }),
      alert: {
        platform: 'event',
        name: 'Alert',
        event_types: ['opened', 'worse', 'resolved', 'digest'],
        state_topic: `${state}/alert`,
        unique_id: `${id}_alert`,
      },
      last_alert: {
        platform: 'sensor',
        name: 'Last alert',
        value_template: '{{ value_json.last_alert }}',
        unique_id: `${id}_last_alert`,
      },
    },
  });
}

function stateOf(device: NoticeDevice, alerts: readonly Alert[], { kind }: Notice): string {
  const open = device.openAlerts ?? (kind === 'resolved' ? 0 : alerts.length);
  const last = alerts.at(-1);
  return forJson({
    problem: open > 0 ? 'ON' : 'OFF',
    open_alerts: open,
    ...(device.services === undefined ? {} : { services: device.services }),
    // A state of Home Assistant has at most 255 characters.
    ...(last === undefined ? {} : { last_alert: line(typeWords(last.last.type), 255) }),
  });
}

function eventOf(alert: Alert, notice: Notice): string {
  return forJson({
    event_type: notice.kind,
    id: alert.id,
    type: line(alert.last.type, 80),
    severity: alert.severity,
    at: isoMillis(alert.last.at),
    summary: line(alert.last.summary, 400),
    remedy: line(alert.last.remedy, 400),
  });
}

/** One level of a topic, and an id for Home Assistant: `[a-z0-9_]`, whatever it is made of. */
function level(text: string): string {
  const clean = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_')
    .slice(0, 60);
  return clean === '' ? 'unknown' : clean;
}

function isMac(key: string): boolean {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(key);
}
