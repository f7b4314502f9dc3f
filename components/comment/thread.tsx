'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useState, useSyncExternalStore } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { Button } from '#components/ui/button.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Textarea } from '#components/ui/input.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { api, query } from '#lib/client/api.ts'
import { replyDraftKey, replyDrafts, type Sending, sendingOf, settleReply, writeReply } from '#lib/client/reply-drafts.ts'
import type { Remark } from './remark.ts'
import { usePersonName } from './use-person-name.ts'

type FormProps = { commentId: string; draftKey: string; body: string; onClose: () => void }

function ReplyForm({ commentId, draftKey, body, onClose }: FormProps) {
  const t = useTranslations('comments')
  const client = useQueryClient()
  const errorText = useErrorText()
  const reply = useMutation({
    mutationFn: ({ body, idempotencyKey }: Sending) => api.replyToComment({ commentId, body }, { context: { idempotencyKey } }),
    onSuccess: async (_reply, sent) => {
      if (settleReply(draftKey, sent)) onClose()
      await Promise.all([query.getConversation.key(), query.listComments.key()].map((queryKey) => client.invalidateQueries({ queryKey })))
    },
  })
  const send = () => body.trim() !== '' && !reply.isPending && reply.mutate(sendingOf(draftKey))
  const handleKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const isSend = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    if (!isSend && event.key !== 'Escape') return
    // The page has a meaning of its own for both.
    event.preventDefault()
    event.stopPropagation()
    if (isSend) send()
    else onClose()
  }
  return (
    <div className="mt-1.5 space-y-2">
      <Field label={t('replyTo')} hint={t('replyHint')} error={reply.error ? errorText(reply.error).next : null}>
        <Textarea
          autoFocus
          rows={2}
          value={body}
          readOnly={reply.isPending}
          onChange={(event) => writeReply(draftKey, event.target.value)}
          onKeyDown={handleKeyDown}
        />
      </Field>
      <div className="flex gap-2">
        <Button size="sm" variant="primary" keys="mod+enter" pending={reply.isPending} onClick={send}>
          {t('send')}
        </Button>
        <Button size="sm" variant="quiet" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </div>
  )
}

/** What was said below a comment, and the way to answer. What one has begun is kept on this device until it is sent. */
export function Thread({ comment }: { comment: Pick<Remark, 'id' | 'replies'> }) {
  const t = useTranslations('comments')
  const project = useProject()
  const nameOf = usePersonName()
  const key = replyDraftKey(useMe().id, comment.id)
  const { body } = useSyncExternalStore(
    replyDrafts.subscribe,
    () => replyDrafts.read(key),
    () => replyDrafts.empty,
  )
  const [isOpen, setIsOpen] = useState<boolean | null>(null)
  const mayReply = project.can('comment:reply')
  if (comment.replies.length === 0 && !mayReply) return null
  const isWriting = mayReply && (isOpen ?? body !== '')
  return (
    <div className="mt-1.5 border-l pl-3">
      {comment.replies.length > 0 && (
        <ul aria-label={t('replies')} className="space-y-1.5">
          {comment.replies.map((reply) => (
            <li key={reply.id}>
              <p className="flex flex-wrap gap-x-2 text-ink-3 text-xs">
                <span className="font-medium text-ink-2">{nameOf(reply.by, reply.isByAuthor)}</span>
                <RelativeTime at={reply.createdAt} />
              </p>
              <p className="whitespace-pre-wrap break-words text-sm">{reply.body}</p>
            </li>
          ))}
        </ul>
      )}
      {isWriting ? (
        <ReplyForm commentId={comment.id} draftKey={key} body={body} onClose={() => setIsOpen(false)} />
      ) : (
        mayReply && (
          <Button size="sm" variant="quiet" className="-ml-2" onClick={() => setIsOpen(true)}>
            {t('reply')}
          </Button>
        )
      )}
    </div>
  )
}
