import { noteNavigation } from '#lib/client/navigation.ts'

/** Next tells of every move the moment it begins: what goes on by itself (components/frame/use-follow-up.ts) must not overtake it. */
export const onRouterTransitionStart = (): void => noteNavigation()
