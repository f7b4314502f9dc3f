/** Only addresses of this site: a link cannot send people elsewhere after they signed in. */
export const insideOnly = (to: string | undefined): string => (to && /^\/(?![/\\])/.test(to) && !/[\u0000-\u001f]/.test(to) ? to : '/')
