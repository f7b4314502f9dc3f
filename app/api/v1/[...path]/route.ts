import { serve } from '#lib/api/http.ts'

// Next gives a handler its own second argument.
const handle = (request: Request) => serve(request)

export { handle as DELETE, handle as GET, handle as HEAD, handle as OPTIONS, handle as PATCH, handle as POST, handle as PUT }
