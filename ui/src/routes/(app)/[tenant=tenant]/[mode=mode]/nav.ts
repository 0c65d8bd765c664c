// The pages of an account, and who finds them in the menu. What somebody may do, the gateway decides; this only leaves out what it would
// refuse.
import BookOpen from '@lucide/svelte/icons/book-open'
import Gauge from '@lucide/svelte/icons/gauge'
import KeyRound from '@lucide/svelte/icons/key-round'
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard'
import MessagesSquare from '@lucide/svelte/icons/messages-square'
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone'
import Radio from '@lucide/svelte/icons/radio'
import Rocket from '@lucide/svelte/icons/rocket'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Settings from '@lucide/svelte/icons/settings'
import ShieldCheck from '@lucide/svelte/icons/shield-check'
import Smartphone from '@lucide/svelte/icons/smartphone'
import Users from '@lucide/svelte/icons/users'
import Webhook from '@lucide/svelte/icons/webhook'
import type { NavGroup, NavItem } from '#lib/components/shell/nav.ts'
import type { Catalog } from '#lib/i18n/catalog.ts'
import type { Translate } from '#lib/i18n/translate.ts'

type Entry = {
  path: string
  label: `nav.${keyof Catalog['nav']}`
  icon: NavItem['icon']
  scope: string
  key: string
  only?: 'test' | 'live'
}

const entries: readonly { label?: 'nav.build' | 'nav.account'; entries: readonly Entry[] }[] = [
  {
    entries: [
      { path: 'start', label: 'nav.start', icon: Rocket, scope: 'sandbox', key: 's', only: 'test' },
      { path: 'overview', label: 'nav.overview', icon: LayoutDashboard, scope: 'usage:read', key: 'o' },
      { path: 'inbox', label: 'nav.inbox', icon: MessagesSquare, scope: 'messages:read', key: 'i' },
      { path: 'sessions', label: 'nav.sessions', icon: MonitorSmartphone, scope: 'sessions:read', key: 'l' },
      { path: 'phones', label: 'nav.phones', icon: Smartphone, scope: 'sandbox', key: 'p', only: 'test' },
    ],
  },
  {
    label: 'nav.build',
    entries: [
      { path: 'developers/keys', label: 'nav.keys', icon: KeyRound, scope: 'keys:read', key: 'k' },
      { path: 'developers/webhooks', label: 'nav.webhooks', icon: Webhook, scope: 'webhooks:read', key: 'w' },
      { path: 'developers/events', label: 'nav.live_events', icon: Radio, scope: 'events:read', key: 'e' },
      { path: 'developers/requests', label: 'nav.requests', icon: ScrollText, scope: 'requests:read', key: 'r' },
      { path: 'developers/reference', label: 'nav.reference', icon: BookOpen, scope: 'keys:read', key: 'd' },
    ],
  },
  {
    label: 'nav.account',
    entries: [
      { path: 'team', label: 'nav.team', icon: Users, scope: 'members:read', key: 't' },
      { path: 'usage', label: 'nav.usage', icon: Gauge, scope: 'usage:read', key: 'u' },
      { path: 'audit', label: 'nav.audit', icon: ShieldCheck, scope: 'audit:read', key: 'a' },
      { path: 'settings', label: 'nav.settings', icon: Settings, scope: 'account:read', key: ',' },
    ],
  },
]

type Place = { home: string; mode: 'test' | 'live'; scopes: readonly string[] }
/** What waits on a page, by its path. */
export type Waiting = Readonly<Record<string, number>>

export const navigation = ({ home, mode, scopes }: Place, waiting: Waiting, t: Translate): NavGroup[] =>
  entries
    .map(({ label, entries }) => ({
      ...(label && { label: t(label) }),
      items: entries
        .filter(({ scope, only }) => scopes.includes(scope) && (only ?? mode) === mode)
        .map(({ path, label, icon, key }) => ({
          ...{ href: `${home}/${path}`, label: t(label), icon, key },
          count: waiting[path] ?? 0,
        })),
    }))
    .filter(({ items }) => items.length > 0)
