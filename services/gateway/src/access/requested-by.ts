import { actorId } from './actor.ts'
import type { Caller } from './authenticate.ts'

/** Who asked, as records of work and of plans keep it. */
export const requestedBy = ({ actor }: Pick<Caller, 'actor'>): string => `${actor.kind}:${actorId(actor)}`
