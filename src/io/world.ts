/** What of the outside any part may need that runs for a person: a command has more (`Shell`). */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the store and the policy are; undefined for the usual place. */
  readonly dataFolder: string | undefined;
  readonly configFile: string | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** What is left out or wrong, and does not stop the work: a line. */
  warn(text: string): void;
}
