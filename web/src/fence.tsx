import type { ReactNode } from 'react';
import { Component } from 'react';
import { Failed } from './parts/states.tsx';

interface FenceState {
  readonly error: Error | undefined;
}

/** A page that breaks does not take the others with it: whoever goes on gets a new one (by its key). */
export class Fence extends Component<{ readonly children: ReactNode }, FenceState> {
  override state: FenceState = { error: undefined };

  static getDerivedStateFromError(error: unknown): FenceState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Failed isPage error={error} retry={() => location.reload()} />;
  }
}
