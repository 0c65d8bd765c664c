export const plans = ['basic', 'pro', 'max', 'enterprise'] as const
export type Plan = (typeof plans)[number]

export const isPlan = (text: string): text is Plan => plans.some((plan) => plan === text)

/** As the price list writes them, in every language. */
export const planTitle = (plan: Plan): string => plan.toUpperCase()
