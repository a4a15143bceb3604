import { Refusal } from './refusal.ts';
import type { Route } from './route.ts';

type Method = Route['method'];

interface Shape {
  readonly segments: readonly string[];
  readonly byMethod: Map<Method, Route>;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Which route an address means: segment by segment; what is written out goes before a parameter. */
export class RouteTable {
  readonly #byLength = new Map<number, Shape[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
    for (const shapes of this.#byLength.values()) {
      shapes.sort((a, b) => parameters(a) - parameters(b));
    }
  }

  /**
   * @param path below `/api/v1`
   * @throws Refusal 404, 405
   */
  find(method: Method, path: string): Match {
    const given = path.split('/').slice(1).map(decoded);
    const shape = this.#byLength
      .get(given.length)
      ?.find(({ segments }) => segments.every((one, at) => fits(one, given[at])));
    if (shape === undefined) {
      throw new Refusal(404, 'E_NOT_FOUND', 'There is no such address', {
        remedy: 'See what there is: GET /api/v1/openapi.json',
      });
    }
    const route = shape.byMethod.get(method);
    if (route !== undefined) return { route, params: paramsOf(shape.segments, given) };
    throw wrongMethod([...shape.byMethod.keys()]);
  }

  #add(route: Route): void {
    const segments = route.path.split('/').slice(1);
    const shapes = this.#byLength.get(segments.length) ?? [];
    this.#byLength.set(segments.length, shapes);
    const known = shapes.find((shape) => shape.segments.every((one, at) => one === segments[at]));
    if (known === undefined) shapes.push({ segments, byMethod: new Map([[route.method, route]]) });
    else known.byMethod.set(route.method, route);
  }
}

export function wrongMethod(methods: readonly string[]): Refusal {
  const names = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method]));
  const allow = names.join(', ').toUpperCase();
  return new Refusal(405, 'E_REQUEST', 'That is not done to this address', {
    remedy: `It takes ${allow}.`,
    headers: { allow },
  });
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function parameters({ segments }: Shape): number {
  return segments.filter(isParameter).length;
}

function fits(segment: string, given: string | undefined): boolean {
  return given !== undefined && given !== '' && (isParameter(segment) || segment === given);
}

function paramsOf(
  segments: readonly string[],
  given: readonly (string | undefined)[],
): Record<string, string> {
  return Object.fromEntries(
    segments.flatMap((segment, at) =>
      isParameter(segment) ? [[segment.slice(1, -1), given[at] ?? '']] : [],
    ),
  );
}

/** Undefined where it is no UTF-8 in percent-encoding. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
