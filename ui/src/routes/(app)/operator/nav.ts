// The operators' pages.
import Activity from '@lucide/svelte/icons/activity'
import Building2 from '@lucide/svelte/icons/building-2'
import ChartNoAxesCombined from '@lucide/svelte/icons/chart-no-axes-combined'
import Gauge from '@lucide/svelte/icons/gauge'
import Layers from '@lucide/svelte/icons/layers'
import LifeBuoy from '@lucide/svelte/icons/life-buoy'
import MailX from '@lucide/svelte/icons/mail-x'
import ServerCog from '@lucide/svelte/icons/server-cog'
import Shuffle from '@lucide/svelte/icons/shuffle'
import type { NavGroup } from '#lib/components/shell/nav.ts'
import type { Translate } from '#lib/i18n/translate.ts'

export const navigation = (t: Translate): NavGroup[] => [
  {
    label: t('operator.nav.installation'),
    items: [
      { href: '/operator', label: t('op_health.title'), icon: Activity, key: 'h' },
      { href: '/operator/workers', label: t('op_workers.title'), icon: ServerCog, key: 'w' },
      { href: '/operator/failovers', label: t('op_failovers.title'), icon: Shuffle, key: 'f' },
      { href: '/operator/streams', label: t('op_streams.title'), icon: Layers, key: 's' },
      { href: '/operator/dead-letters', label: t('op_letters.title'), icon: MailX, key: 'd' },
    ],
  },
  {
    label: t('operator.nav.customers'),
    items: [
      { href: '/operator/accounts', label: t('op_accounts.title'), icon: Building2, key: 'a' },
      { href: '/operator/support', label: t('op_support.title'), icon: LifeBuoy, key: 'u' },
      { href: '/operator/service-levels', label: t('op_levels.title'), icon: Gauge, key: 'l' },
      { href: '/operator/business', label: t('op_business.title'), icon: ChartNoAxesCombined, key: 'b' },
    ],
  },
]
