import type { Control, Credential, LoginProtocol, Outcome } from './credential.ts';

/** MQTT 3.1.1: CONNECT (§3.1), CONNACK (§3.2) with its return codes (table 3.1). */
export const mqttLogin: LoginProtocol = {
  control: connectPacket(),
  complete: isComplete,
  read: readControl,
};

const SIZE = 4;

function isComplete(answer: Buffer): boolean {
  return answer.length >= SIZE;
}

function codeOf(answer: Buffer): number | undefined {
  return answer.length >= SIZE && answer[0] === 0x20 && answer[1] === 2 ? answer[3] : undefined;
}

function readControl(answer: Buffer): Control {
  const code = codeOf(answer);
  if (code === 0) return { kind: 'open' };
  // 4: bad user name or password; 5: not authorised.
  if (code === 4 || code === 5) {
    return {
      kind: 'asks',
      how: 'MQTT',
      attempt: (credential) => ({
        showsPassword: true,
        question: connectPacket(credential),
        complete: isComplete,
        read: readOutcome,
      }),
    };
  }
  if (code === 3) return { kind: 'locked', why: 'it says that it is not available' };
  return { kind: 'unclear', why: 'it gave no answer of this protocol' };
}

function readOutcome(answer: Buffer): Outcome {
  const code = codeOf(answer);
  if (code === 0) return { kind: 'accepted' };
  if (code === 4 || code === 5) return { kind: 'refused' };
  if (code === 3) return { kind: 'locked', why: 'it says that it is not available' };
  return { kind: 'unclear', why: 'it gave no answer' };
}

function connectPacket(credential?: Credential): Buffer {
  // Clean session; with user name and password.
  const flags = credential === undefined ? 0x02 : 0xc2;
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, flags, 0, 30]),
    text('portolan-check'),
    ...(credential === undefined ? [] : [text(credential.user), text(credential.password)]),
  ]);
  return Buffer.concat([Buffer.from([0x10, ...remaining(body.length)]), body]);
}

function text(value: string): Buffer {
  const octets = Buffer.from(value, 'utf8');
  return Buffer.concat([Buffer.from([octets.length >> 8, octets.length & 0xff]), octets]);
}

/** §2.2.3; what is sent here has two octets at most. */
function remaining(length: number): readonly number[] {
  return length < 128 ? [length] : [(length % 128) | 0x80, length >> 7];
}
