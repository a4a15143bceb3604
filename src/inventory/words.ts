import type { Binding, Group } from './binding.ts';

interface Parting {
  readonly binding: Binding;
  readonly key: string;
}

/** What a person said about which bindings are one device and which are not; the last word counts. */
export class Words {
  #partings: Parting[] = [];
  /** Key → links (keys of their own) that whoever has the key gets too. */
  readonly #links = new Map<string, string[]>();

  /** Returns the key of the link, which both sides have to hold. */
  link(binding: Binding, key: string, evidence: number): string {
    this.#partings = this.#partings.filter(
      (parting) =>
        !(parting.key === key && parting.binding.group === binding.group) &&
        !(carries(binding, parting.key) && holdsIn(parting.binding.group, key)),
    );
    const link = `user:${evidence}`;
    this.#links.set(key, [...(this.#links.get(key) ?? []), link]);
    return link;
  }

  part(binding: Binding, key: string): void {
    const links = this.#links.get(key) ?? [];
    for (const link of links) binding.keys.delete(link);
    // A link may have been made from the other side: `same` said there about a key of ours.
    const common = binding.group.bindings
      .filter((other) => other !== binding && carries(other, key))
      .flatMap((other) => [...other.keys.keys()]);
    for (const link of common) if (link.startsWith('user:')) binding.keys.delete(link);
    this.#partings.push({ binding, key });
  }

  linksFor(key: string): readonly string[] {
    return this.#links.get(key) ?? [];
  }

  /** Whether the person took this key away from this binding. */
  refuses(binding: Binding, key: string): boolean {
    return this.#partings.some((parting) => parting.binding === binding && parting.key === key);
  }

  forbids(a: Group, b: Group): boolean {
    return this.#partings.some(
      ({ binding, key }) =>
        (binding.group === a && holdsIn(b, key)) || (binding.group === b && holdsIn(a, key)),
    );
  }
}

function holdsIn(group: Group, key: string): boolean {
  return group.bindings.some((binding) => carries(binding, key));
}

function carries(binding: Binding, key: string): boolean {
  return binding.keys.has(key) || key === `address:${binding.address}`;
}
