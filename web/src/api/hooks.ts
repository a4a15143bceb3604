import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { keepPreviousData, QueryClient, useMutation, useQuery } from '@tanstack/react-query';
import type { Query, Tagged } from './client.ts';
import { ApiError, get, getTagged } from './client.ts';

/** Answers are kept until an event says that they are old: nothing is asked again by the clock. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 &&
        error instanceof ApiError &&
        [0, 502, 503, 504].includes(error.problem.status),
    },
  },
});

export interface ApiOptions {
  readonly enabled?: boolean;
  /** Shows the former answer while the next one comes, so that nothing jumps. */
  readonly keep?: boolean;
}

/** `useApi<Overview>('overview')`; the key is `[path, query]`. */
export function useApi<T>(
  path: string,
  query: Query = {},
  options: ApiOptions = {},
): UseQueryResult<T, ApiError> {
  return useQuery<T, ApiError>({
    queryKey: [path, query],
    queryFn: ({ signal }) => get<T>(path, query, signal),
    enabled: options.enabled ?? true,
    ...(options.keep === true && { placeholderData: keepPreviousData }),
  });
}

/** The same with the ETag, for what is edited. */
export function useTagged<T>(
  path: string,
  query: Query = {},
  options: ApiOptions = {},
): UseQueryResult<Tagged<T>, ApiError> {
  return useQuery<Tagged<T>, ApiError>({
    queryKey: [path, query, 'tagged'],
    queryFn: ({ signal }) => getTagged<T>(path, query, signal),
    enabled: options.enabled ?? true,
    ...(options.keep === true && { placeholderData: keepPreviousData }),
  });
}

/** Something that changes the site; then everything whose path begins with one of `refreshes` is asked anew. */
export function useSend<In, Out>(
  run: (input: In) => Promise<Out>,
  refreshes: readonly string[] = [],
): UseMutationResult<Out, ApiError, In> {
  return useMutation<Out, ApiError, In>({
    mutationFn: run,
    onSettled: () => refresh(refreshes),
  });
}

/** Answers whose path begins with one of these are old. */
export async function refresh(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await queries.invalidateQueries({
    predicate: ({ queryKey: [path] }) =>
      typeof path === 'string' &&
      paths.some((start) => path === start || path.startsWith(`${start}/`)),
  });
}
