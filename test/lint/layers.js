// The lint rule that holds every import of src/ against the layer table given as its option.
import path from 'node:path';

/** Turns an import into the word the table uses: `secret`, `errors`, or a package's name. */
function wordOf(specifier, file, root) {
  if (!specifier.startsWith('.')) return packageOf(specifier);
  const target = path.relative(root, path.resolve(path.dirname(file), specifier));
  if (target.startsWith('..')) return 'outside src';
  return target.split(path.sep)[0].replace(/\.ts$/, '');
}

function packageOf(specifier) {
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** The table's row for a file: the longest key that is a prefix of the file's place in src/. */
function rowOf(file, table) {
  const place = file.replace(/\.ts$/, '').split(path.sep).join('/');
  const keys = Object.keys(table).filter((key) => place === key || place.startsWith(`${key}/`));
  return keys.toSorted((a, b) => b.length - a.length)[0];
}

const imports = {
  meta: { type: 'problem', schema: false },
  create(context) {
    const root = path.join(context.cwd, 'src');
    const file = path.relative(root, context.filename);
    const table = context.options[0];
    const row = rowOf(file, table);

    function check(source) {
      if (file.startsWith('..') || typeof source?.value !== 'string') return;
      if (row === undefined) {
        context.report({ node: source, message: `src/${file} is in no row of the layer table` });
        return;
      }
      const word = wordOf(source.value, context.filename, root);
      const own = row.split('/')[0];
      if (word === own || table[row].includes(word) || table[row].includes('*')) return;
      context.report({ node: source, message: `${row} may not import ${word}` });
    }

    return {
      ImportDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
    };
  },
};

export default { meta: { name: 'layers' }, rules: { imports } };
