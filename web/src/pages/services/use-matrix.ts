import type { UseQueryOptions } from '@tanstack/react-query';
import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type {
  MatrixCell,
  MatrixColumn,
  MatrixRow,
  MatrixView,
} from '../../../../src/model/api/site.ts';
import type { ApiError } from '../../api/client.ts';
import { get } from '../../api/client.ts';

/** Rows that are fetched at once. */
const CHUNK = 100;

export interface Matrix {
  readonly columns: readonly MatrixColumn[];
  readonly total: number;
  /** Undefined where it has not been fetched yet. */
  readonly row: (index: number) => MatrixRow | undefined;
  readonly cell: (row: MatrixRow, column: number) => MatrixCell | undefined;
  /** Rows from here to there are looked at. */
  readonly look: (from: number, to: number) => void;
  readonly isLoading: boolean;
  readonly isOld: boolean;
  readonly error: ApiError | undefined;
  readonly again: () => void;
}

/** Devices × ports, fetched where somebody looks. */
export function useMatrix(filter: string, unused: boolean): Matrix {
  const [seen, setSeen] = useState<readonly [number, number]>([0, 0]);
  const chunks = range(seen[0], seen[1]);
  const asked = chunks.includes(0) ? chunks : [0, ...chunks];
  const results = useQueries({
    queries: asked.map((chunk): UseQueryOptions<MatrixView, ApiError> => {
      const query = {
        filter,
        offset: chunk * CHUNK,
        limit: CHUNK,
        ...(unused && { unused: true }),
      };
      return {
        queryKey: ['matrix', query],
        queryFn: ({ signal }) => get<MatrixView>('matrix', query, signal),
        placeholderData: (former: MatrixView | undefined) => former,
      };
    }),
  });
  const [first] = results;
  const byChunk = new Map(asked.map((chunk, at) => [chunk, results[at]?.data]));
  const columns = first?.data?.columns;
  const cells = useMemo(() => new WeakMap<MatrixRow, ReadonlyMap<number, MatrixCell>>(), []);
  return {
    columns: columns ?? [],
    total: first?.data?.total ?? 0,
    row: (index) => byChunk.get(Math.floor(index / CHUNK))?.rows[index % CHUNK],
    cell: (row, column) => {
      const known = cells.get(row) ?? new Map(row.cells.map((cell) => [cell.column, cell]));
      cells.set(row, known);
      return known.get(column);
    },
    look: (from, to) => {
      const next = [Math.floor(from / CHUNK), Math.floor(to / CHUNK)] as const;
      if (next[0] !== seen[0] || next[1] !== seen[1]) setSeen(next);
    },
    isLoading: first?.isLoading ?? true,
    isOld: first?.isPlaceholderData ?? false,
    error: first?.error ?? undefined,
    again: () => void first?.refetch(),
  };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
