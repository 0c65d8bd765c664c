import type { Component } from 'svelte'

/** Where one can go. `icon`: from lucide. `key`: pressed after g, it leads there. */
export type NavItem = { href: string; label: string; icon: Component<{ size?: number }>; key?: string; count?: number }
export type NavGroup = { label?: string; items: NavItem[] }

/** The one that the page belongs to: the longest address that leads to it. */
export function currentOf(groups: readonly NavGroup[], path: string): NavItem | undefined {
  return groups
    .flatMap(({ items }) => items)
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .sort((one, other) => other.href.length - one.href.length)[0]
}
