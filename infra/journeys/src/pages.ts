// Every page, as it is judged and pictured. A new page is one line: `{tenant}`, `{session}` and the like are those of the sample.
export type Page = {
  /** Of the picture's file. */
  name: string
  path: string
  /** Who looks: somebody who is signed in, unless it says so. `halfway`: who has yet to tell the code of their app. */
  by?: 'stranger' | 'halfway' | 'operator'
  /** Shown in README.md, in the light and 1280 px wide: kept in docs/screenshots. */
  inReadme?: true
}

/** With the ids of the sample in place of the braces. */
export const pathOf = (path: string, ids: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name]
    if (id === undefined) throw new Error(`the sample has no {${name}}`)
    return id
  })

export const pages: readonly Page[] = [
  { name: 'sign-up', path: '/sign-up', by: 'stranger' },
  { name: 'sign-in', path: '/sign-in', by: 'stranger' },
  { name: 'forgot-password', path: '/forgot-password', by: 'stranger' },
  { name: 'verify-email', path: '/verify-email#token=a.b.c', by: 'stranger' },
  { name: 'reset-password', path: '/reset-password#token=a.b.c', by: 'stranger' },
  { name: 'invitation', path: '/invitation#token=a.b.c', by: 'stranger' },
  { name: 'second-factor', path: '/second-factor', by: 'halfway' },
  { name: 'accounts', path: '/accounts' },
  { name: 'start', path: '/{tenant}/test/start', inReadme: true },
  { name: 'overview', path: '/{tenant}/test/overview' },
  { name: 'inbox', path: '/{tenant}/test/inbox' },
  { name: 'chat', path: '/{tenant}/test/inbox/{chat}', inReadme: true },
  { name: 'quick-replies', path: '/{tenant}/test/inbox/replies' },
  { name: 'sessions', path: '/{tenant}/test/sessions' },
  { name: 'session', path: '/{tenant}/test/sessions/{session}' },
  { name: 'session-waiting', path: '/{tenant}/test/sessions/{waiting}' },
  { name: 'phones', path: '/{tenant}/test/phones' },
  { name: 'phone', path: '/{tenant}/test/phones/{phone}' },
  { name: 'keys', path: '/{tenant}/test/developers/keys' },
  { name: 'webhooks', path: '/{tenant}/test/developers/webhooks' },
  { name: 'webhook', path: '/{tenant}/test/developers/webhooks/{webhook}' },
  { name: 'delivery', path: '/{tenant}/test/developers/webhooks/{tested}/{delivery}' },
  { name: 'events', path: '/{tenant}/test/developers/events' },
  { name: 'requests', path: '/{tenant}/test/developers/requests' },
  { name: 'reference', path: '/{tenant}/test/developers/reference' },
  { name: 'team', path: '/{tenant}/test/team' },
  { name: 'usage', path: '/{tenant}/test/usage' },
  { name: 'audit', path: '/{tenant}/test/audit' },
  { name: 'settings', path: '/{tenant}/live/settings' },
  { name: 'profile', path: '/profile' },
  { name: 'confirm-email', path: '/confirm-email#token=a.b.c' },
  { name: 'operator-health', path: '/operator', by: 'operator' },
  { name: 'operator-workers', path: '/operator/workers', by: 'operator', inReadme: true },
  { name: 'operator-failovers', path: '/operator/failovers', by: 'operator' },
  { name: 'operator-streams', path: '/operator/streams', by: 'operator' },
  { name: 'operator-dead-letters', path: '/operator/dead-letters', by: 'operator' },
  { name: 'operator-customers', path: '/operator/accounts', by: 'operator' },
  { name: 'operator-customer', path: '/operator/accounts/{tenant}', by: 'operator' },
  { name: 'operator-support', path: '/operator/support', by: 'operator' },
  { name: 'operator-service-levels', path: '/operator/service-levels', by: 'operator' },
  { name: 'operator-business', path: '/operator/business', by: 'operator' },
]
