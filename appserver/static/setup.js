// The set-up page: what it shows and changes is splunkd's, through Splunk Web's own way to it. Nothing is kept here, a secret least of all.
//
// In: the inputs intel_feed, the lookup intel_feed_catalog, the macro cloudtrail_index, the names in the credential store, and what the
// user may do. Out: the same, changed by the user who is signed in, with their rights. Text from publishers and people is only ever text
// (textContent). What splunkd refuses is shown in its own words: a new feed is tried by splunkd before it is saved (validate_arguments).
//
// The other files of the page, setup_*.js, hand their section over by `maliciouscallerSetup.push(section)`, before or after this file is
// there: Splunk Web loads them in any order. A section is a function (tools) → {load: () → Promise, draw: (what was loaded) → nodes}.
(function () {
  'use strict';

  var APP = 'TA-maliciouscaller';
  var LOCALE = (window.location.pathname.match(/^(.*?)\/app\//) || ['', '/en-US'])[1];
  var BASE = LOCALE + '/splunkd/__raw/servicesNS/nobody/' + APP + '/';
  var PART = 255; // splunkd encrypts no longer secrets: a longer one lies in several entries, NAME, NAME.2, ...
  var CATEGORIES = ['anonymizer', 'aws', 'botnet', 'bruteforce', 'c2', 'compromised', 'hijacked', 'i2p', 'other', 'proxy', 'relay', 'scanner', 'spam', 'tor', 'vpn'];
  var POLL_MS = 500;
  var page = document.getElementById('maliciouscaller_setup');
  var may = {};

  function token() {
    var match = document.cookie.match(/(?:^|;\s*)splunkweb_csrf_token_\d+=([^;]+)/);
    return match ? decodeURIComponent(match[1]) : '';
  }

  // One call to splunkd; fails with splunkd's own sentence.
  function call(method, path, values) {
    var body = new URLSearchParams(values || {});
    var headers = { 'X-Requested-With': 'XMLHttpRequest', 'X-Splunk-Form-Key': token() };
    var url = BASE + path + '?output_mode=json';
    if (method === 'GET') url += '&count=0&' + body; else headers['Content-Type'] = 'application/x-www-form-urlencoded';
    return fetch(url, { method: method, headers: headers, credentials: 'same-origin', body: method === 'POST' ? String(body) : undefined }).then(function (answer) {
      return answer.json().catch(function () { return {}; }).then(function (found) {
        if (answer.ok) return found;
        var said = (found.messages || []).map(function (message) { return message.text; }).join(' ');
        throw new Error(answer.status === 403 ? 'You may not do this. Ask an administrator. ' + said : said || 'Splunk answered ' + answer.status + '.');
      });
    });
  }

  // Runs a search and gives its rows; fails with what splunkd says of it. A job is asked for again and again, because Splunk Web gives up
  // a single call after half a minute. What changes something was asked for by a press of a button, after Splunk's own check of the form key.
  function search(text, times) {
    var asked = { search: text, check_risky_command: 'false', earliest_time: (times || [])[0] || '-1h', latest_time: (times || [])[1] || 'now' };
    return call('POST', 'search/jobs', asked).then(function (made) { return finished('search/jobs/' + encodeURIComponent(made.sid)); });
  }

  function finished(job) {
    return call('GET', job).then(function (found) {
      var now = found.entry[0].content;
      if (now.dispatchState === 'FAILED') throw new Error((now.messages || []).map(function (message) { return message.text; }).join(' ') || 'The search failed.');
      if (!now.isDone) return new Promise(function (resolve) { setTimeout(resolve, POLL_MS); }).then(function () { return finished(job); });
      return call('GET', job.replace('search/jobs', 'search/v2/jobs') + '/results').then(function (answer) { return answer.results || []; });
    });
  }

  // A text as a search may hold it in quotes, whatever is in it: percent-encoded, so that no quote, backslash, bracket or backtick is left.
  function encoded(text) {
    return encodeURIComponent(text).replace(/[!'()*]/g, function (character) { return '%' + character.charCodeAt(0).toString(16).toUpperCase(); })
      .replace(/%(2F|3A|3F|3D|26|2C)/g, function (code) { return decodeURIComponent(code); });
  }

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      if (key === 'onclick') made.addEventListener('click', attributes[key]);
      else if (attributes[key] === true || attributes[key] === false) made[key] = attributes[key];
      else made.setAttribute(key, attributes[key]);
    });
    [].concat(children || []).forEach(function (child) {
      made.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
    });
    return made;
  }

  function field(text, attributes) {
    return element('label', {}, [text + ' ', element('input', attributes)]);
  }

  function choice(text, attributes, values, chosen) {
    var options = values.indexOf(chosen) < 0 && chosen ? values.concat(chosen) : values;
    return element('label', {}, [text, element('select', attributes, options.map(function (value) {
      return element('option', { value: value, selected: value === chosen }, value);
    }))]);
  }

  var status = element('div', { role: 'status', 'aria-live': 'polite' });
  var base = element('div');
  function tell(text, isProblem) {
    status.textContent = text;
    status.className = isProblem ? 'problem' : '';
  }

  // Runs a change, tells how it went, shows what splunkd has now (`again`), and puts the keyboard where it was.
  function change(doing, done, work, again) {
    var label = nameOf(document.activeElement);
    tell(doing);
    return work().then(again || load).then(function () {
      tell(done);
      [].some.call(page.querySelectorAll('button, input, select'), function (each) { if (label && nameOf(each) === label) { each.focus(); return true; } });
    }).catch(function (error) { tell(error.message, true); });
  }

  function nameOf(each) { return each && (each.getAttribute('aria-label') || each.getAttribute('name') || each.textContent); }

  function valueOf(name) { return page.querySelector('[name="' + name + '"]').value.trim(); }

  function feedRow(feed) {
    var settings = feed.settings;
    var isOn = settings && !/^(1|true)$/i.test(String(settings.disabled));
    var name = feed.name;
    function path(rest) { return 'data/inputs/intel_feed/' + encodeURIComponent(name) + (rest || ''); }
    function box(key, type, value) {
      return element('input', { type: type, 'aria-label': key + ' of ' + name, value: String(value || ''), disabled: !settings || !may.feeds, 'data-key': key });
    }
    var category = settings ? choice('', { 'aria-label': 'category of ' + name, 'data-key': 'category', disabled: !may.feeds }, CATEGORIES, settings.category) : document.createTextNode(feed.row.category || '');
    var row = element('tr', {}, [
      element('td', {}, settings
        ? element('input', { type: 'checkbox', checked: !!isOn, disabled: !may.feeds, 'aria-label': 'run ' + name, onclick: function () {
          change('Asking Splunk ...', name + (isOn ? ' is off.' : ' is on: its first run begins within a minute.'), function () { return call('POST', path(isOn ? '/disable' : '/enable')); });
        } })
        : element('button', { type: 'button', disabled: !may.feeds, onclick: function () { prefill(feed.row); } }, 'Add ' + name)),
      element('td', {}, [element('b', {}, name), element('br'), feed.row.title || (settings || {}).url || '']),
      element('td', {}, [feed.row.publisher || 'your own', element('br'), feed.row.terms || '']),
      element('td', {}, category),
      element('td', {}, settings ? box('confidence', 'number', settings.confidence) : feed.row.confidence || ''),
      element('td', {}, settings ? box('interval', 'number', settings.interval) : feed.row.interval || ''),
    ]);
    var save = element('button', { type: 'button', disabled: !settings || !may.feeds, 'aria-label': 'save ' + name, onclick: function () {
      var values = {};
      row.querySelectorAll('[data-key]').forEach(function (each) { values[each.getAttribute('data-key')] = each.value.trim(); });
      change('Saving ...', name + ' is saved.', function () { return call('POST', path(), values); });
    } }, 'Save');
    row.appendChild(element('td', {}, settings ? save : ''));
    return row;
  }

  var NEW = ['name', 'url', 'format', 'category', 'confidence', 'interval', 'auth', 'auth_name', 'credential'];
  function prefill(row) {
    NEW.forEach(function (key) {
      var target = page.querySelector('[name="new_' + key + '"]');
      var value = key === 'name' ? row.feed : row[key];
      if (target && value) target.value = value;
    });
    tell('The form below is filled in for ' + row.feed + '. Save it when it is right.');
    page.querySelector('[name="new_url"]').focus();
  }

  function addFeed() {
    var values = {};
    NEW.forEach(function (key) { var value = valueOf('new_' + key); if (value) values[key] = value; });
    return change('Splunk fetches the list and looks at it; nothing is saved if it is not right ...', values.name + ' is saved and runs.', function () { return call('POST', 'data/inputs/intel_feed', values); });
  }

  // What of the list would be kept and what not, before anything is saved.
  function tryFeed() {
    var words = NEW.filter(function (key) { return key !== 'interval' && valueOf('new_' + key); }).map(function (key) { return key + '="' + encoded(valueOf('new_' + key)) + '"'; });
    var shown = page.querySelector('#maliciouscaller_trial');
    shown.textContent = '';
    tell('Splunk fetches the list once and looks at it; nothing is saved ...');
    return search('| tryintelfeed ' + words.join(' ')).then(function (rows) {
      function of(part) { return rows.filter(function (row) { return row.part === part; }); }
      var verdict = of('verdict').concat(of('note')).map(function (row) { return row.text; }).join(' ');
      tell(verdict, of('verdict')[0].reason);
      if (!of('format').length) return;
      var reasons = of('reason').map(function (row) { return row.count + ' ' + row.reason; }).join(', ');
      shown.appendChild(element('p', {}, 'Format ' + of('format')[0].text + ': ' + of('kept')[0].count + ' kept, ' + of('rejected')[0].count + ' rejected' + (reasons ? ' (' + reasons + ')' : '') + '.'));
      shown.appendChild(list('Kept, the first ' + of('kept_entry').length, of('kept_entry').map(function (row) { return row.text; })));
      shown.appendChild(list('Rejected, the first ' + of('rejected_entry').length, of('rejected_entry').map(function (row) { return (row.line ? 'line ' + row.line + ': ' : '') + row.text + ': ' + row.reason; })));
    }).catch(function (error) { tell(error.message, true); });
  }

  function list(title, texts) {
    return element('div', { class: 'half' }, texts.length ? [element('b', {}, title), element('ul', {}, texts.map(function (text) { return element('li', {}, text); }))] : []);
  }

  // Straight into the credential store, in parts where it is long; the box is emptied whatever happens.
  function storeSecret() {
    var name = valueOf('secret_name');
    var box = page.querySelector('[name="secret"]');
    var secret = box.value;
    box.value = '';
    if (!name || !secret) return tell('A credential needs a name and a secret.', true);
    var parts = secret.match(new RegExp('[^]{1,' + PART + '}', 'g'));
    function store(at) {
      if (at >= parts.length) return Promise.resolve();
      var part = at ? name + '.' + (at + 1) : name;
      return call('POST', entity(part), { password: parts[at] })
        .catch(function () { return call('POST', 'storage/passwords', { name: part, realm: APP, password: parts[at] }); })
        .then(function () { return store(at + 1); });
    }
    return change('Storing ...', 'The credential ' + name + ' is stored.', function () { return removeFrom(name, 2).then(function () { return store(0); }); });
  }

  function entity(name) { return 'storage/passwords/' + encodeURIComponent(APP + ':' + name + ':'); }

  // Deletes the entries of a credential from its part `from` on, until there is none.
  function removeFrom(name, from) {
    return call('DELETE', entity(from === 1 ? name : name + '.' + from)).then(function () { return removeFrom(name, from + 1); }, function (error) { if (from === 1) throw error; });
  }

  function draw(found) {
    base.textContent = '';
    var lacking = [];
    if (!may.feeds) lacking.push('change feeds (capability edit_modinput_intel_feed or admin_all_objects)');
    if (!may.secrets) lacking.push('store credentials (edit_storage_passwords or admin_all_objects)');
    if (lacking.length) base.appendChild(element('p', { class: 'problem' }, 'You are signed in as ' + found.user + ' and may not ' + lacking.join(', nor ') + '. You can look; ask an administrator to change something.'));

    base.appendChild(element('h2', {}, '1. Where CloudTrail is'));
    base.appendChild(field('Search for your CloudTrail events', { name: 'cloudtrail', class: 'wide', value: found.cloudtrail }));
    base.appendChild(element('button', { type: 'button', onclick: function () {
      change('Saving ...', 'The macro cloudtrail_index is saved.', function () { return call('POST', 'configs/conf-macros/cloudtrail_index', { definition: valueOf('cloudtrail') }); });
    } }, 'Save where CloudTrail is'));

    base.appendChild(element('h2', {}, '2. Feeds'));
    base.appendChild(element('p', {}, 'Switch on aws_ip_ranges first: without it no match can be told from a call out of AWS. Then the lists that you want.'));
    var heads = ['run', 'feed', 'publisher and terms', 'category', 'confidence', 'interval (s)', ''].map(function (text) { return element('th', { scope: 'col' }, text); });
    base.appendChild(element('table', {}, [element('thead', {}, element('tr', {}, heads)), element('tbody', {}, found.feeds.map(feedRow))]));

    base.appendChild(element('h2', {}, '3. A feed of your own'));
    [['name', 'Name'], ['url', 'Address of the list'], ['format', 'Format', 'auto'], ['confidence', 'Confidence', '50'], ['interval', 'Interval in seconds', '86400'], ['auth', 'Authentication', 'none'], ['auth_name', 'Header, parameter or user'], ['credential', 'Credential']].forEach(function (each) {
      base.appendChild(field(each[1], { name: 'new_' + each[0], value: each[2] || '', class: each[0] === 'url' ? 'wide' : '', disabled: !may.feeds }));
    });
    base.appendChild(choice('Category ', { name: 'new_category', disabled: !may.feeds }, CATEGORIES, 'other'));
    base.appendChild(element('button', { type: 'button', disabled: !may.feeds, onclick: tryFeed }, 'Show what would be kept'));
    base.appendChild(element('button', { type: 'button', disabled: !may.feeds, onclick: addFeed }, 'Try and save the feed'));
    base.appendChild(element('div', { id: 'maliciouscaller_trial' }));

    base.appendChild(element('h2', {}, '4. Credentials'));
    base.appendChild(element('p', {}, 'A feed names its credential; the secret lies in Splunk\'s credential store alone and cannot be shown here.'));
    base.appendChild(element('ul', {}, found.secrets.map(function (name) {
      return element('li', {}, [name + ' ', element('button', { type: 'button', disabled: !may.secrets, onclick: function () {
        change('Deleting ...', 'The credential ' + name + ' is deleted.', function () { return removeFrom(name, 1); });
      } }, 'Delete ' + name)]);
    })));
    base.appendChild(field('Name of the credential', { name: 'secret_name', disabled: !may.secrets }));
    base.appendChild(field('Secret', { name: 'secret', type: 'password', autocomplete: 'new-password', disabled: !may.secrets }));
    base.appendChild(element('button', { type: 'button', disabled: !may.secrets, onclick: storeSecret }, 'Store the credential'));
  }

  function catalogue() {
    var search = { search: '| inputlookup intel_feed_catalog', exec_mode: 'oneshot', count: '0' };
    return call('POST', 'search/jobs', search).then(function (found) { return found.results || []; });
  }

  function none() { return { entry: [] }; }

  function load() {
    return Promise.all([
      call('GET', 'authentication/current-context'), call('GET', 'data/inputs/intel_feed').catch(none), catalogue().catch(function () { return []; }),
      call('GET', 'configs/conf-macros/cloudtrail_index').catch(none), call('GET', 'storage/passwords').catch(none),
    ]).then(function (all) {
      var user = all[0].entry[0].content;
      function can(name) { return user.capabilities.indexOf(name) >= 0 || user.capabilities.indexOf('admin_all_objects') >= 0; }
      may = { known: true, user: user.username, all: can('admin_all_objects'), feeds: can('edit_modinput_intel_feed'), secrets: can('edit_storage_passwords') };
      var byName = {};
      all[2].forEach(function (row) { byName[row.feed] = { name: row.feed, row: row }; });
      all[1].entry.forEach(function (entry) {
        byName[entry.name] = byName[entry.name] || { name: entry.name, row: {} };
        byName[entry.name].settings = entry.content;
      });
      var feeds = Object.keys(byName).sort().map(function (name) { return byName[name]; });
      var first = feeds.filter(function (feed) { return feed.name === 'aws_ip_ranges'; });
      var secrets = all[4].entry.map(function (entry) { return entry.content; }).filter(function (each) { return each.realm === APP && !/\.\d+$/.test(each.username); });
      draw({
        user: user.username, cloudtrail: ((all[3].entry[0] || {}).content || {}).definition || '',
        feeds: first.concat(feeds.filter(function (feed) { return first.indexOf(feed) < 0; })), secrets: secrets.map(function (each) { return each.username; }),
      });
    });
  }

  // What the other files' sections are made with.
  var tools = {
    call: call, search: search, encoded: encoded, element: element, field: field, choice: choice, tell: tell, valueOf: valueOf,
    categories: CATEGORIES, may: function () { return may; },
  };
  var sections = [];

  function show(section) {
    return section.parts.load().then(function (found) {
      section.box.textContent = '';
      section.parts.draw(found).forEach(function (node) { section.box.appendChild(node); });
    });
  }

  function loadAll() {
    return load().then(function () { return Promise.all(sections.map(show)); });
  }

  function register(make) {
    var section = { box: element('div') };
    section.parts = make(Object.assign({
      change: function (doing, done, work) { return change(doing, done, work, function () { return show(section); }); },
    }, tools));
    sections.push(section);
    sections.sort(function (one, other) { return one.parts.order - other.parts.order; }).forEach(function (each) { page.appendChild(each.box); });
    if (may.known) show(section).catch(failed);
  }

  function failed(error) { tell('The set-up could not be read: ' + error.message, true); }

  page.textContent = '';
  page.appendChild(status);
  page.appendChild(base);
  (window.maliciouscallerSetup || []).forEach(register);
  window.maliciouscallerSetup = { push: register };
  loadAll().catch(failed);
})();
