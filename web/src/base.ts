/**
 * Where the dashboard is served from, `http://host/any/prefix/`. Every chunk lies in `assets/` below
 * it, so its own address tells, whatever proxy is in front and however deep the page's address is.
 */
const own: string = import.meta.url;

export const BASE: URL = import.meta.env.DEV ? new URL('/', location.origin) : new URL('../', own);

/** For the router: without the slash at its end. */
export const BASE_PATH: string = BASE.pathname.replace(/\/$/, '');
