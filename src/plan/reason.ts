// The closed list of reasons, and the text that `voxsync explain` shows for each.

export const reasons = {
  missing: 'The application has no secret of this name, so it is created.',
  'in-sync':
    'Source, mapping and marker agree, and nothing shows that somebody changed the value since: its time with `drift.detect: modified`, the value itself with `values` or `--verify-values`; with `off` nobody looks. Nothing is written.',
  'source-changed':
    'The source, or the way the mapping uses it, gives another value. It is replaced in place; the secret keeps its id.',
  drifted:
    'Somebody changed the value in Voximplant after voxsync wrote it. The source decides, so it is written again.',
  'description-changed':
    'Only the description or the marker differs. It is written alone; the value is not touched.',
  unowned:
    'A secret of this name exists without a marker of voxsync. `onConflict` decides: skip, adopt-if-equal or overwrite; `voxsync adopt NAME` takes over this one.',
  'foreign-owner':
    'Another installation of voxsync owns this secret, so it is never touched. Give one of the two another name, or move it here: `voxsync transfer --from OWNER NAME`.',
  'marker-damaged':
    'The description holds a broken marker, so nobody can tell whose it is. `voxsync adopt NAME` takes over one that a mapping wants; `voxsync orphans` shows the others.',
  'no-longer-desired':
    'It is ours, and it is proven that nothing gives it a value any more: no mapping names it, or its source secret is gone. Where the policy never deletes, `voxsync orphans` can.',
  'prune-grace': 'It is no longer desired, and is deleted when that has stayed proven for `prune.grace`.',
  'absence-unproven':
    'It is ours and was not found in the sources, but no source said with authority that it is gone. It stays until one does, or until a person decides: `voxsync orphans`.',
  'move-unfinished':
    'It is no longer wanted under this name, and the name that its source secret goes by now is not in place yet. It stays until that is, and for `prune.grace` from then on.',
  'source-unavailable':
    'Its source could not be read, or could not tell. What is in Voximplant stays as it is until the source answers again.',
  'target-unavailable': 'Its value in Voximplant had to be read and could not be. It stays as it is.',
  'source-missing':
    'A mapping names it, and its source says with authority that it does not exist. What is here, if anything, is not ours or came from another source secret, and stays.',
  invalid: 'It cannot be written as it is: the message says why. What is in Voximplant stays as it is.',
  'not-ours':
    'It has no marker, or the marker of another owner, and no mapping names it. It is never touched.',
  'already-ours': 'It carries our marker already, so there is nothing to take over.',
  'policy-forbids': 'The `policy` of the config does not allow this change.',
  'guard-refused':
    'The plan changes or deletes more than `guard` allows at once. The message shows how to acknowledge it.',
} as const;

export type Reason = keyof typeof reasons;
