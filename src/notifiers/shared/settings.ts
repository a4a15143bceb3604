import { z } from 'zod';

const LONGEST = 2048;

/** An address of one of these schemes, without a name or password in it: secrets are in files. */
export function address(...schemes: readonly string[]) {
  return z.string().refine((text) => isAddress(text, schemes), {
    error: `is no address such as ${schemes[0]}://host.example, without a password in it`,
  });
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  if (text.length > LONGEST || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return (
    schemes.includes(protocol.slice(0, -1)) && username === '' && password === '' && hostname !== ''
  );
}

/** A file with a secret on its first line. */
export const secretFile = z.string().min(1);

/** Names of a file and not what is in it. */
export const file = z.string().min(1);

/** What every sink behind HTTP may have; its certificate is always checked. */
export const http = {
  /** Certificate authority of one's own (PEM), besides those that Node trusts. */
  ca_file: z.exactOptional(file),
};
