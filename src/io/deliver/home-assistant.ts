import type { MqttClient } from 'mqtt';
import type { NoticeDevice } from '../../notifiers/notifier.ts';
import type { HomePlace } from '../../notifiers/shared/home-assistant.ts';
import { homeMessages, homeTopics, statusTopic } from '../../notifiers/shared/home-assistant.ts';
import { messageOf } from './outcome.ts';
import type { MqttSettings } from './send-mqtt.ts';
import { connection } from './send-mqtt.ts';

/** Milliseconds between two looks at what became another, and after which all of it is told again. */
const LOOK = 60_000;
const AGAIN = 15 * 60_000;
/** Milliseconds until a connection that was lost, or could not be made, is tried again. */
const RETRY = 15_000;
/** Milliseconds for the last word. */
const LAST = 1000;

export interface HomeAssistantOptions {
  readonly channel: string;
  readonly settings: MqttSettings & HomePlace;
  /** Of the product. */
  readonly version: string;
  now(): number;
  /** Undefined while it is not known which there are: then none is taken away either. */
  devices(): readonly NoticeDevice[] | undefined;
  log(text: string): void;
}

/**
 * Keeps Home Assistant's picture of the devices: all of them when it starts, what became another each
 * minute, and those that are gone no more. While the connection stands `PREFIX/status` is `online`; the
 * broker itself says `offline` when it breaks (MQTT 3.1.1 §3.1.2.5, the will).
 */
export class HomeAssistant {
  readonly #options: HomeAssistantOptions;
  /** Topic → what the broker keeps there, as far as we said it. */
  readonly #said = new Map<string, string>();
  /** Ids, `ptl_…`, of which the broker kept a state when we came. */
  readonly #found = new Set<string>();
  #client: MqttClient | undefined;
  #opening = false;
  #isClosed = false;
  #isFailing = false;
  #lookAt = 0;
  #againAt = 0;
  #busy: Promise<void> | undefined;

  constructor(options: HomeAssistantOptions) {
    this.#options = options;
  }

  /** To be called once a second. */
  tick(): void {
    if (this.#isClosed) return;
    const now = this.#options.now();
    if (this.#client === undefined) {
      if (now >= this.#lookAt && !this.#opening) void this.#open(now);
      return;
    }
    if (now < this.#lookAt || this.#busy !== undefined || !this.#client.connected) return;
    const devices = this.#options.devices();
    if (devices === undefined) return;
    this.#lookAt = now + LOOK;
    if (now >= this.#againAt) {
      this.#said.clear();
      this.#againAt = now + AGAIN;
    }
    this.#busy = this.#tell(this.#client, devices)
      .catch((error: unknown) => this.#failed(messageOf(error)))
      .finally(() => {
        this.#busy = undefined;
      });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    if (client === undefined) return;
    const limit = setTimeout(() => client.end(true), LAST);
    try {
      if (client.connected) await client.publishAsync(this.#status(), 'offline', KEPT);
      await client.endAsync(true);
    } catch {
      // It broke: the broker says it for us.
      client.end(true);
    } finally {
      clearTimeout(limit);
    }
  }

  async #open(now: number): Promise<void> {
    this.#opening = true;
    this.#lookAt = now + RETRY;
    try {
      const { connect } = await import('mqtt');
      const { settings } = this.#options;
      if (this.#isClosed) return;
      const client = connect(settings.url, {
        ...connection(settings),
        reconnectPeriod: 0,
        resubscribe: false,
        will: { topic: this.#status(), payload: Buffer.from('offline'), ...KEPT },
      });
      this.#client = client;
      client.on('connect', () => void this.#connected(client));
      client.on('message', (topic, payload, { retain }) => this.#hear(topic, payload, retain));
      client.on('error', (error) => this.#failed(messageOf(error)));
      client.on('close', () => this.#lost(client));
    } catch (error) {
      this.#failed(messageOf(error));
    } finally {
      this.#opening = false;
    }
  }

  async #connected(client: MqttClient): Promise<void> {
    const { settings, channel, log } = this.#options;
    if (this.#isFailing) log(`${channel}: connected again`);
    this.#isFailing = false;
    try {
      await client.publishAsync(this.#status(), 'online', KEPT);
      await client.subscribeAsync([`${settings.discovery}/status`, `${settings.prefix}/d/+`], {
        qos: 1,
      });
      this.#repeat();
    } catch (error) {
      this.#failed(messageOf(error));
    }
  }

  /** Everything is told again at the next look, which is now. */
  #repeat(): void {
    this.#lookAt = 0;
    this.#againAt = 0;
  }

  #hear(topic: string, payload: Uint8Array, isRetained: boolean): void {
    const { discovery, prefix } = this.#options.settings;
    if (topic === `${discovery}/status`) {
      // Home Assistant began anew, and forgot what it was told.
      if (Buffer.from(payload).toString('latin1') === 'online' && !isRetained) this.#repeat();
      return;
    }
    const id = topic.slice(`${prefix}/d/`.length);
    if (isRetained && payload.length > 0 && /^ptl_[a-z0-9_]{1,60}$/.test(id)) {
      this.#found.add(id);
      this.#lookAt = 0;
    }
  }

  async #tell(client: MqttClient, devices: readonly NoticeDevice[]): Promise<void> {
    const { settings, version } = this.#options;
    for (const device of devices) {
      for (const { topic, payload } of homeMessages(device, settings, {
        version,
        isDaemon: true,
      })) {
        await this.#say(client, topic, payload);
      }
      this.#found.add(homeTopics(device.id, settings).id);
    }
    const there = new Set(devices.map(({ id }) => homeTopics(id, settings).id));
    for (const id of this.#found) {
      if (!there.has(id)) await this.#remove(client, id);
    }
  }

  /** An empty retained message takes away what was kept (MQTT 3.1.1 §3.3.1.3), and the device with it. */
  async #remove(client: MqttClient, id: string): Promise<void> {
    const { prefix, discovery } = this.#options.settings;
    for (const topic of [`${discovery}/device/${id}/config`, `${prefix}/d/${id}`]) {
      await this.#say(client, topic, '');
      this.#said.delete(topic);
    }
    this.#found.delete(id);
  }

  async #say(client: MqttClient, topic: string, payload: string): Promise<void> {
    if (this.#said.get(topic) === payload) return;
    if (!client.connected) throw new Error('the connection was lost');
    await client.publishAsync(topic, payload, KEPT);
    this.#said.set(topic, payload);
  }

  #lost(client: MqttClient): void {
    if (this.#client !== client) return;
    client.end(true);
    this.#client = undefined;
    this.#said.clear();
    this.#lookAt = this.#options.now() + RETRY;
    if (!this.#isClosed) this.#failed('the broker hung up');
  }

  /** Once, until it works again. */
  #failed(why: string): void {
    if (this.#isFailing || this.#isClosed) return;
    this.#isFailing = true;
    this.#options.log(`${this.#options.channel}: Home Assistant is not told of devices: ${why}`);
  }

  #status(): string {
    return statusTopic(this.#options.settings);
  }
}

/** A broker keeps it for who comes later. */
const KEPT = { qos: 1, retain: true } as const;
