/**
 * Bits of a flow record's state. Side 0 is the endpoint whose address and port are the lower as
 * numbers, side 1 the other: so both directions find one record, and to turn a flow round is a bit.
 */
export const SOURCE_IS_HIGH = 1 << 0;
/** Both sides sent. */
export const ANSWERED = 1 << 1;
/** A reset, or an ICMP error, before anything else came back. */
export const REFUSED = 1 << 2;
/** TCP: SYN, then SYN and ACK; or data seen without a beginning. Others: answered. */
export const ESTABLISHED = 1 << 3;
/** TCP, of side 0; of side 1 one bit higher each: the next sequence number is known. */
export const KNOWS_NEXT = 1 << 4;
export const FINISHED = 1 << 6;
/** A gap in the stream that a late segment may still fill. */
export const HAS_HOLE = 1 << 8;
/** Sent anything at all. */
export const HAS_SENT = 1 << 10;
export const RESET = 1 << 12;
/** A SYN was seen: who opened it is certain, and the stream is known from its first octet. */
export const BEGUN = 1 << 13;
/** SYN and ACK were seen: the port is open. */
export const ACCEPTED = 1 << 14;
/** Nothing of its payload is wanted any more. */
export const SETTLED = 1 << 15;
export const LIVE = 1 << 16;

/** What a key is made of besides addresses and ports: family above, protocol or EtherType below. */
export const FAMILY_LINK = 0 << 16;
export const FAMILY_4 = 1 << 16;
export const FAMILY_6 = 2 << 16;
export const FAMILY_MASK = 3 << 16;
export const PROTOCOL_MASK = 0xffff;

/** Word of a record that holds the state. */
export const STATE_WORD = 10;

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
