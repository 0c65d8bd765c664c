import { DomainError } from '../http/problem.ts'
import type { Caller } from './authenticate.ts'

/** What concerns the data of both modes is not done in test mode. */
export function checkLive({ mode }: Pick<Caller, 'mode'>): void {
  if (mode === 'live') return
  throw new DomainError(
    'live-key-required',
    'This concerns live data too, so a test key may not do it: use a key that starts with wgk_live_.',
  )
}
