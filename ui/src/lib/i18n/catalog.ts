// The texts, an area of the dashboard per file. A language is one chunk, which browsers cache.
import type { Language } from './languages.ts'

export type Catalog = {
  accounts: typeof import('./catalog/en/accounts.json')
  app: typeof import('./catalog/en/app.json')
  attempt_error: typeof import('./catalog/en/attempt_error.json')
  audit: typeof import('./catalog/en/audit.json')
  audit_action: typeof import('./catalog/en/audit_action.json')
  common: typeof import('./catalog/en/common.json')
  confirm_email: typeof import('./catalog/en/confirm_email.json')
  delivery: typeof import('./catalog/en/delivery.json')
  fields: typeof import('./catalog/en/fields.json')
  finding: typeof import('./catalog/en/finding.json')
  finding_advice: typeof import('./catalog/en/finding_advice.json')
  forgot: typeof import('./catalog/en/forgot.json')
  health: typeof import('./catalog/en/health.json')
  inbox: typeof import('./catalog/en/inbox.json')
  invitation: typeof import('./catalog/en/invitation.json')
  keys: typeof import('./catalog/en/keys.json')
  linking: typeof import('./catalog/en/linking.json')
  live_events: typeof import('./catalog/en/live_events.json')
  message_status: typeof import('./catalog/en/message_status.json')
  nav: typeof import('./catalog/en/nav.json')
  op_account: typeof import('./catalog/en/op_account.json')
  op_accounts: typeof import('./catalog/en/op_accounts.json')
  op_business: typeof import('./catalog/en/op_business.json')
  op_failovers: typeof import('./catalog/en/op_failovers.json')
  op_health: typeof import('./catalog/en/op_health.json')
  op_letters: typeof import('./catalog/en/op_letters.json')
  op_levels: typeof import('./catalog/en/op_levels.json')
  op_streams: typeof import('./catalog/en/op_streams.json')
  op_support: typeof import('./catalog/en/op_support.json')
  op_workers: typeof import('./catalog/en/op_workers.json')
  operator: typeof import('./catalog/en/operator.json')
  overview: typeof import('./catalog/en/overview.json')
  pacing: typeof import('./catalog/en/pacing.json')
  phone: typeof import('./catalog/en/phone.json')
  phones: typeof import('./catalog/en/phones.json')
  profile: typeof import('./catalog/en/profile.json')
  proxy: typeof import('./catalog/en/proxy.json')
  proxy_failure: typeof import('./catalog/en/proxy_failure.json')
  reference: typeof import('./catalog/en/reference.json')
  replies: typeof import('./catalog/en/replies.json')
  requests: typeof import('./catalog/en/requests.json')
  reset: typeof import('./catalog/en/reset.json')
  roles: typeof import('./catalog/en/roles.json')
  second_factor: typeof import('./catalog/en/second_factor.json')
  session: typeof import('./catalog/en/session.json')
  session_advice: typeof import('./catalog/en/session_advice.json')
  session_reason: typeof import('./catalog/en/session_reason.json')
  session_status: typeof import('./catalog/en/session_status.json')
  sessions: typeof import('./catalog/en/sessions.json')
  settings: typeof import('./catalog/en/settings.json')
  shell: typeof import('./catalog/en/shell.json')
  sign_in: typeof import('./catalog/en/sign_in.json')
  sign_up: typeof import('./catalog/en/sign_up.json')
  start: typeof import('./catalog/en/start.json')
  team: typeof import('./catalog/en/team.json')
  timeline: typeof import('./catalog/en/timeline.json')
  timeline_reason: typeof import('./catalog/en/timeline_reason.json')
  timeline_type: typeof import('./catalog/en/timeline_type.json')
  usage: typeof import('./catalog/en/usage.json')
  verify_email: typeof import('./catalog/en/verify_email.json')
  webhooks: typeof import('./catalog/en/webhooks.json')
}

type Files = { files: Record<string, object> }
const languages: Record<Language, () => Promise<Files>> = {
  en: () => import('./catalog/en.ts'),
  es: () => import('./catalog/es.ts'),
  'pt-BR': () => import('./catalog/pt-BR.ts'),
  id: () => import('./catalog/id.ts'),
  ar: () => import('./catalog/ar.ts'),
}

export async function loadCatalog(language: Language): Promise<Catalog> {
  const { files } = await languages[language]()
  const areas = Object.entries(files).map(([path, texts]) => [
    path.slice(path.lastIndexOf('/') + 1, -'.json'.length),
    texts,
  ])
  return Object.fromEntries(areas) as Catalog
}
