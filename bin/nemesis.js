#!/usr/bin/env node
// Picks the way: the emergency rollback, a baked answer, the program, or the Node that can run it. Parses on any Node.
'use strict';

var fs = require('fs');
var path = require('path');

var root = path.dirname(__dirname);
var argv = process.argv.slice(2);
var baked =
  argv.length === 1
    ? { '--version': 'version.txt', '--help': 'help.txt' }[argv[0]]
    : argv.length === 0
      ? 'help.txt'
      : undefined;

function print(file) {
  try {
    fs.writeSync(1, fs.readFileSync(path.join(root, 'dist', file)));
    return true;
  } catch (error) {
    return error.code === 'EPIPE';
  }
}

if (!(baked && print(baked))) {
  var version = process.versions.node.split('.').map(Number);
  if (version[0] > 22 || (version[0] === 22 && version[1] >= 18)) start();
  else continueOnOwnNode();
}

function start() {
  if (isEmergency()) return rollBack();
  var entry = path.join(root, 'dist', 'main.js');
  if (fs.existsSync(entry)) {
    require('./load.js').load(path.dirname(entry), cacheFolder(), argv[0]).main().then(leave);
  } else {
    require(path.join(root, 'src', 'main.ts'))
      .main()
      .then(leave);
  }
}

// All is written; what is still open, the system closes.
function leave() {
  process.exit();
}

function isEmergency() {
  return (
    argv[0] === 'deploy:rollback' &&
    argv.indexOf('--immediate') > 0 &&
    argv.indexOf('--help') < 0 &&
    argv.indexOf('-h') < 0
  );
}

// Nothing else is loaded: what is broken elsewhere shall not be in the way.
function rollBack() {
  var codes = {
    yes: 0,
    asked_wrongly: 2,
    rollback_failed: 7,
    SIGINT: 130,
    SIGTERM: 143,
    SIGHUP: 129,
  };
  var island = path.join(root, 'dist', 'island.js');
  if (!fs.existsSync(island)) island = path.join(root, 'src/rollout/island/main.ts');
  process.exitCode = codes.rollback_failed;
  require(island)
    .main(root)
    .then(function (ended) {
      // All is written; what still waits for a history that does not answer is waited for no longer.
      process.exit(codes[ended]);
    });
}

// In the user's own folder: what lies in the shared temporary one, anybody may have put there.
function cacheFolder() {
  var env = process.env;
  if (env.NODE_COMPILE_CACHE) return env.NODE_COMPILE_CACHE;
  var home = env.NEMESIS_HOME;
  if (!home && env.XDG_CACHE_HOME) home = path.join(env.XDG_CACHE_HOME, 'nemesis');
  if (!home && env.HOME) home = path.join(env.HOME, '.cache', 'nemesis');
  return home && path.isAbsolute(home) ? path.join(home, 'code') : undefined;
}

// This Node is too old: go on with the one that lies beside nemesis, and end as it ends.
function continueOnOwnNode() {
  var places = [path.join(root, 'node_modules'), path.dirname(root)];
  var own = places
    .map(function (place) {
      return path.join(place, 'node', 'bin', 'node');
    })
    .filter(function (file) {
      return fs.existsSync(file);
    })[0];
  if (own === undefined || process.env.NEMESIS_LAUNCHER) {
    process.stderr.write(
      'nemesis needs Node 22.18 or newer; this is ' +
        process.version +
        ': install one, or run npm ci in its folder\n',
    );
    process.exitCode = 2;
    return;
  }
  var env = Object.assign({}, process.env, { NEMESIS_LAUNCHER: 'ipc' });
  var child = require('child_process').spawn(own, [__filename].concat(argv), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: env,
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (name) {
    process.on(name, function () {
      child.kill(name);
    });
  });
  child.on('error', function (error) {
    process.stderr.write('nemesis could not start ' + own + ': ' + error.message + '\n');
    process.exitCode = 2;
  });
  child.on('exit', function (code, signal) {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code;
  });
}
