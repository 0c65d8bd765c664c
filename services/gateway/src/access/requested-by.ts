import type { Caller } from './authenticate.ts'

/** Who asked, as records of work keep it. */
export const requestedBy = ({ keyId }: Pick<Caller, 'keyId'>): string => `key:${keyId}`
