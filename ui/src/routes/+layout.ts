import { loadCatalog } from '#lib/i18n/catalog.ts'
import type { LayoutLoad } from './$types'

export const load: LayoutLoad = async ({ data }) => ({ ...data, catalog: await loadCatalog(data.language) })
