import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import type { Page } from '../../../src/model/api/common.ts';
import type { ApiError, Query } from './client.ts';
import { get } from './client.ts';

/** A list as far as it has been fetched: page after page, when somebody looks at it. */
export interface Pages<Item> {
  /** What was asked: path and query. */
  readonly question: string;
  /** Pages that have been fetched. */
  readonly fetched: number;
  readonly items: readonly Item[];
  /** What the filter leaves; more than `items` until everything has been fetched. */
  readonly total: number;
  /** There may be more than `total`: the server stopped counting. */
  readonly isAtLeast: boolean;
  readonly all: number;
  readonly version: string;
  readonly isLoading: boolean;
  /** The rows are those of the former question. */
  readonly isOld: boolean;
  readonly error: ApiError | undefined;
  /** Fetches on until there is a row of this index. */
  readonly reach: (index: number) => void;
  readonly again: () => void;
}

const FIRST = 100;
const NEXT = 500;

export function usePages<Item>(path: string, query: Query = {}): Pages<Item> {
  const {
    data,
    error,
    isLoading,
    isPlaceholderData,
    hasNextPage,
    isFetching,
    fetchNextPage,
    refetch,
  } = useInfiniteQuery<
    Page<Item>,
    ApiError,
    { pages: Page<Item>[] },
    unknown[],
    string | undefined
  >({
    queryKey: [path, query, 'pages'],
    initialPageParam: undefined,
    queryFn: ({ signal, pageParam }) =>
      get<Page<Item>>(
        path,
        { ...query, limit: pageParam === undefined ? FIRST : NEXT, cursor: pageParam },
        signal,
      ),
    getNextPageParam: (last) => last.next,
    placeholderData: (former) => former,
  });
  // A filter that is half typed is wrong: until it is right again, the rows of the last good one stay.
  const good = useRef(data?.pages);
  if (data !== undefined) good.current = data.pages;
  const pages = good.current;
  const items = useMemo(() => (pages ?? []).flatMap((page) => page.items), [pages]);
  const have = items.length;
  const reach = useCallback(
    (index: number) => {
      if (index >= have && hasNextPage && !isFetching) void fetchNextPage();
    },
    [have, hasNextPage, isFetching, fetchNextPage],
  );
  const latest = pages?.at(-1);
  return {
    question: JSON.stringify([path, query]),
    fetched: pages?.length ?? 0,
    items,
    total: latest?.total ?? 0,
    isAtLeast: latest?.isAtLeast ?? false,
    all: latest?.all ?? 0,
    version: pages?.[0]?.version ?? '',
    isLoading,
    isOld: isPlaceholderData || data === undefined,
    error: error ?? undefined,
    reach,
    again: () => void refetch(),
  };
}
