// What the dashboard reads from its environment.
import { z } from 'zod'

const schema = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Where the gateway listens, seen from here. */
  GATEWAY_URL: z.url({ protocol: /^https?$/ }),
  /** Where customers' programs reach the API: what examples say. As here when it is left out. */
  API_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** How people reach the dashboard: cookies are for https only when this is. The gateway has the same, for links in mails. */
  DASHBOARD_URL: z.url({ protocol: /^https?$/ }),
  /** Proves to the gateway that this is the dashboard, so that it is believed for whom it asks. The gateway has the same. */
  DASHBOARD_SECRET: z.string().min(16).optional(),
  /** How many proxies of ours a request passes, each of which appends to `X-Forwarded-For`. */
  PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
})

/** Throws an error that names every variable that is wrong. */
export function loadConfig(env: Record<string, string | undefined>) {
  const parsed = schema.safeParse(env)
  if (!parsed.success)
    throw new Error(
      `configuration: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    )
  const { HOST, PORT, GATEWAY_URL, API_URL, DASHBOARD_URL, DASHBOARD_SECRET, PROXY_HOPS } = parsed.data
  return {
    host: HOST,
    port: PORT,
    gatewayUrl: GATEWAY_URL,
    apiUrl: API_URL,
    protocol: new URL(DASHBOARD_URL).protocol.slice(0, -1),
    dashboardSecret: DASHBOARD_SECRET,
    proxyHops: PROXY_HOPS,
  }
}
