/** Slug of the project this device looked at last. */
export const PROJECT_COOKIE = 'exemplar-project'

/** `collapsed` or `open`: kept in a cookie so that the server draws the rail as it will stay. */
export const RAIL_COOKIE = 'exemplar-rail'
