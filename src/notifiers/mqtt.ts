import { z } from 'zod';
import { forJson } from '../base/encode.ts';
import type { Alert } from '../model/alert.ts';
import type { FormatContext, MqttMessage, Notice, NoticeDevice, Notifier } from './notifier.ts';
import { homeMessages, homeTopics, isMac, level } from './shared/home-assistant.ts';
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
    'home-assistant.io/integrations/binary_sensor.mqtt, sensor.mqtt: the payload "None" is unknown; availability_topic online, offline',
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
    const told = { ...device, ...alertsOf(device, alerts, notice) };
    const place = { prefix, discovery };
    return [
      ...homeMessages(told, place, context),
      ...alerts.map((alert) => ({
        topic: `${homeTopics(told.id, place).state}/alert`,
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

/** Where nobody looked at all of them, those of the notice are all that is known. */
function alertsOf(
  device: NoticeDevice,
  alerts: readonly Alert[],
  { kind }: Notice,
): Pick<NoticeDevice, 'openAlerts' | 'lastAlert'> {
  const last = alerts.at(-1);
  return {
    openAlerts: device.openAlerts ?? (kind === 'resolved' ? 0 : alerts.length),
    ...(last === undefined ? {} : { lastAlert: typeWords(last.last.type) }),
  };
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
