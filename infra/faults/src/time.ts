import { setTimeout as pause } from 'node:timers/promises'

/** For times that are the fault itself: how long something stays away. Anything else waits for a condition. */
export const elapse = (ms: number): Promise<void> => pause(ms)
