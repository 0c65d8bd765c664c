import { defineEnvVars } from '@sveltejs/kit/env'

/** Read when the server starts, where they were checked; a build needs none. */
export const variables = defineEnvVars({
  /** Where the gateway listens, seen from here: `http://127.0.0.1:8080`. */
  GATEWAY_URL: { schema: (value) => value ?? 'http://127.0.0.1:8080' },
  DASHBOARD_SECRET: { schema: (value) => value ?? '' },
  /** Where customers' programs reach the API; empty: at the same address. */
  API_URL: { schema: (value) => value ?? '' },
})
