'use client'
import { useErrorText } from './error-state.tsx'

/** Why an action in a form was refused; takes no room while there is nothing to say. */
export function Problem({ error }: { error: unknown }) {
  const errorText = useErrorText()
  if (!error) return null
  const { title, next, detail } = errorText(error)
  return (
    <div role="alert" className="text-rejected">
      <p className="font-medium">{title}</p>
      <p>
        {next} {detail}
      </p>
    </div>
  )
}
