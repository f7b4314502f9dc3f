'use client'
import { classNames } from './class-names.ts'
import { useErrorText } from './error-state.tsx'

/** Why an action in a form was refused; takes no room while there is nothing to say. */
export function Problem({ error, className }: { error: unknown; className?: string }) {
  const errorText = useErrorText()
  if (!error) return null
  const { title, next } = errorText(error)
  return (
    <div role="alert" className={classNames('text-rejected', className)}>
      <p className="font-medium">{title}</p>
      <p>{next}</p>
    </div>
  )
}
