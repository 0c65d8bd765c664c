export const files = import.meta.glob<object>('./id/*.json', { eager: true, import: 'default' })
