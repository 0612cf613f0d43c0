/**
 * Loads the built program, and keeps what V8 made of it. Node's own cache keeps a file as it is when it was read, with
 * most functions yet to be compiled; here it is kept as it is when a command has ended, for each command its own.
 */
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

/**
 * The exports of `main.js`.
 * @param {string} dist where it lies
 * @param {string | undefined} caches folder for what is kept; undefined keeps nothing
 * @param {string} command
 */
exports.load = function (dist, caches, command) {
  const name = /^[a-z]+(:[a-z]+)?$/.test(command) ? command.replace(':', '-') : 'other';
  const cache = caches && path.join(caches, name);
  const loaded = new Map();
  const fresh = [];

  const load = (file) => {
    const known = loaded.get(file);
    if (known !== undefined) return known.exports;
    const filename = path.join(dist, file);
    const source = fs.readFileSync(filename);
    const cachedData = cache && recall(path.join(cache, file), source);
    const text = `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
    const script = new vm.Script(text, { filename, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) fresh.push({ file, source, script });
    const module = { exports: {} };
    loaded.set(file, module);
    script.runInThisContext()(module.exports, requireOf, module, filename, dist);
    return module.exports;
  };
  const requireOf = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  requireOf.resolve = require.resolve;
  requireOf.cache = require.cache;

  if (cache) process.on('exit', () => fresh.length > 0 && remember(cache, fresh));
  return load('main.js');
};

/**
 * A file holds the code twice, and the source it was made of. V8 takes what it is given for true and dies of a byte that
 * is wrong; to compare takes less time than any sum.
 */
function recall(file, source) {
  try {
    const bytes = fs.readFileSync(file);
    const end = bytes.length - source.length;
    const code = bytes.subarray(0, end / 2);
    const isWhole = code.equals(bytes.subarray(end / 2, end)) && source.equals(bytes.subarray(end));
    return isWhole ? code : undefined;
  } catch {
    return undefined;
  }
}

function remember(cache, fresh) {
  try {
    fs.mkdirSync(cache, { recursive: true, mode: 0o700 });
    // Where main.js is another one, so is all the rest.
    if (fresh.some(({ file }) => file === 'main.js'))
      for (const name of fs.readdirSync(cache)) fs.rmSync(path.join(cache, name), { force: true });
    for (const { file, source, script } of fresh) {
      const code = script.createCachedData();
      const draft = path.join(cache, `${file}.${process.pid}`);
      fs.writeFileSync(draft, Buffer.concat([code, code, source]), { mode: 0o600, flag: 'wx' });
      fs.renameSync(draft, path.join(cache, file));
    }
  } catch {
    // the next start compiles it again
  }
}
