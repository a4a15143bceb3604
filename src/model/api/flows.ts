import type { Instant, Transport } from '../core.ts';
import type { Named } from './common.ts';

/** An item of `GET flows`, newest first. */
export interface FlowItem {
  readonly id: number;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  readonly transport: Transport | 'icmp' | 'other';
  readonly protocol: string;
  /** Name by which the source had asked for the destination, or that it told the server. */
  readonly name: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly packets: number;
  readonly outcome: string;
  readonly encrypted: boolean;
  readonly communityId: string;
  /** Of the scan of ours that made it. */
  readonly scan?: string;
  /** A Wireshark display filter that shows just this. */
  readonly displayFilter: string;
}

export interface FlowEnd {
  readonly address: string;
  readonly port: number;
  readonly device?: Named;
  readonly zone: string;
}

/** `GET zones/matrix?since=…`: who talks to whom, by zone; `internet` is one of them. */
export interface ZoneMatrix {
  readonly zones: readonly string[];
  readonly cells: readonly ZoneCell[];
  readonly since: Instant;
}

export interface ZoneCell {
  readonly from: string;
  readonly to: string;
  readonly flows: number;
  readonly bytes: number;
  readonly services: readonly string[];
  readonly devices: number;
  /** First seen within the last day. */
  readonly newFlows: number;
  /** What the policy in force says of them. */
  readonly denied: number;
}

/** `GET flows/picture?since=…`: at most 60 nodes at places that do not move. */
export interface FlowPicture {
  readonly nodes: readonly PictureNode[];
  readonly links: readonly PictureLink[];
  /** Devices and peers that are folded away, by zone. */
  readonly folded: readonly { readonly zone: string; readonly count: number }[];
}

export interface PictureNode {
  readonly id: string;
  readonly label: string;
  readonly zone: string;
  /** Column of the zone and row within it, from 0. */
  readonly column: number;
  readonly row: number;
  readonly kind: 'device' | 'peer' | 'hub';
}

export interface PictureLink {
  readonly from: string;
  readonly to: string;
  readonly services: readonly string[];
  readonly flows: number;
  readonly bytes: number;
}

/** `GET devices/{id}/lanes?since=…`: one lane a service, bars of time. */
export interface Lane {
  readonly peer: string;
  readonly service: string;
  readonly direction: 'to-device' | 'from-device';
  readonly bars: readonly {
    readonly from: Instant;
    readonly to: Instant;
    readonly bytes: number;
  }[];
  readonly flows: number;
}
