import type { RequestListener } from 'node:http'

/** What adapter-node builds. */
export declare const handler: (...arguments_: [...Parameters<RequestListener>, () => void]) => void
