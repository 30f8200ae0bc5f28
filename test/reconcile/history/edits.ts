// What a person does in the control panel.
import { SecretBox } from '../../../src/secret/box.ts';
import type { Scene } from './scene.ts';
import { allRows, keyOf } from './scene.ts';
import type { Edit } from './steps.ts';

const { signal: never } = new AbortController();

export async function editByHand(scene: Scene, edit: Edit): Promise<void> {
  const { target } = scene;
  const rows = await allRows(scene);
  scene.editCount += 1;
  const value = new SecretBox(`by hand #${scene.editCount}`);
  if (edit.act === 'add') {
    const { application, name } = edit;
    if (rows.some((row) => row.application === application && row.name === name)) return;
    return target.create(application, name, { value, description: 'theirs' }, never);
  }
  const row = rows[edit.row % Math.max(rows.length, 1)];
  if (row === undefined) return;
  const { application, description, id } = row;
  scene.touched.add(keyOf(row));
  if (edit.act === 'delete') return target.remove(application, [id], never);
  if (edit.act === 'value') return target.update(application, row, { value, description }, never);
  const edited = { text: `${description} edited`, cut: description.slice(0, 40), empty: '' }[edit.act];
  return target.update(application, row, { description: edited }, never);
}
