// Set-up, section 6: what is fine. Rows of caller_allowlist, added and taken out without a search or a terminal. Registers itself with setup.js.
//
// In: the lookup as it is; a row in the form, or in the page's address (?allow_caller=...&allow_indicator=..., as the dashboard Caller links to it).
// Out: the lookup with one row more or less, written by a search of who is signed in. A row is added only after it was shown what it would have
// covered in the last 30 days. Texts go into a search percent-encoded or are of characters that mean nothing there.
//
// The whole file is written, not appended to: outputlookup append=true drops the columns that the old header lacks, and a row that loses its
// caller allows everybody [platform 4.4].
(window.maliciouscallerSetup = window.maliciouscallerSetup || []).push(function (tools) {
  'use strict';

  var COLUMNS = ['indicator', 'caller', 'account', 'feed', 'category', 'owner', 'reason', 'expires'];
  var TITLES = { indicator: 'Allowed address or network', caller: 'Allowed caller', account: 'Account', feed: 'Only matches of the feed', owner: 'Allowed by', reason: 'Why', expires: 'Last day' };
  var LONGEST = 200;
  var DAYS = 30;
  var element = tools.element;
  var shown = ''; // the row that was shown last, as text: only that one is added
  var writable = false;
  var fromAddress = new URLSearchParams(window.location.search);

  function mayWrite(found) { return tools.may().all || !!(found.acl && found.acl.can_write); }

  function valueOf(column) { return tools.valueOf('allow_' + column); }

  function formRow() {
    var row = {};
    COLUMNS.forEach(function (column) { row[column] = valueOf(column); });
    return row;
  }

  function isAddress(text) {
    var parts = text.split('/');
    var isV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(parts[0]) && !/(^|\.)0\d/.test(parts[0]);
    var isV6 = false;
    try { isV6 = /^[0-9a-fA-F:]+$/.test(parts[0]) && !!new URL('http://[' + parts[0] + ']/'); } catch (error) { /* it is none */ }
    if (!isV4 && !isV6) return false;
    return parts.length === 1 || (parts.length === 2 && /^\d{1,3}$/.test(parts[1]) && Number(parts[1]) <= (isV4 ? 32 : 128));
  }

  function today() { return new Date().toISOString().slice(0, 10); }

  // What is wrong with a row, or ''. The rules are those of the command, which lets a wrong row allow nothing; and that somebody stands for it.
  function problemOf(row) {
    if (!row.indicator && !row.caller && !row.feed) return 'A row must name an address, a caller or a feed.';
    if (/^\**$/.test(row.caller) && row.caller && !row.indicator && !row.feed) return 'The caller * alone would allow everything.';
    if (row.indicator && !isAddress(row.indicator)) return 'The address must be an IPv4 or IPv6 address, or a network such as a /28 with its first address.';
    if (!/^[A-Za-z0-9:\/_+=,.@*-]*$/.test(row.caller)) return 'A caller may hold letters, digits and : / _ + = , . @ - here, and * for anything. Others belong into the file.';
    if (!/^(\d{12})?$/.test(row.account)) return 'An account has twelve digits.';
    if (!/^\w{0,64}$/.test(row.feed)) return 'A feed has letters, digits and underscores in its name.';
    if (!row.owner || !row.reason) return 'Say who allows it and why: whoever looks at it in a year will ask.';
    if ([row.owner, row.reason].some(function (text) { return /^[=+@-]/.test(text); })) return 'Who and why must not begin with =, +, - or @: a spreadsheet would run it.';
    if (COLUMNS.some(function (column) { return row[column].length > LONGEST || /[\u0000-\u001f\u007f]/.test(row[column]); })) return 'A cell has at most ' + LONGEST + ' characters, on one line.';
    if (row.expires && (!/^\d{4}-\d\d-\d\d$/.test(row.expires) || isNaN(Date.parse(row.expires)))) return 'The last day is one like 2030-12-31.';
    if (row.expires && row.expires < today()) return 'That day is over: the row would allow nothing.';
    return '';
  }

  // Which of the matched calls a row alone covers. The characters of its cells were checked: none ends a quoted text.
  function conditionsOf(row) {
    var all = [];
    var network = row.indicator.indexOf('/') < 0 ? row.indicator + (row.indicator.indexOf(':') < 0 ? '/32' : '/128') : row.indicator;
    if (row.indicator) all.push('cidrmatch("' + network + '", sourceIPAddress)');
    if (row.caller) all.push('match(caller, "^' + row.caller.replace(/[.+]/g, '[$&]').replace(/\*/g, '.*') + '$")');
    if (row.account) all.push('caller_account="' + row.account + '"');
    if (row.feed) all.push('isnull(mvfilter(intel_feed!="' + row.feed + '"))');
    if (row.category) all.push('isnull(mvfilter(intel_category!="' + row.category + '"))');
    return all.join(' AND ');
  }

  function preview() {
    var row = formRow();
    var problem = problemOf(row);
    var box = document.getElementById('maliciouscaller_covered');
    box.textContent = '';
    setShown('');
    if (problem) return tools.tell(problem, true);
    tools.tell('Splunk looks at the calls of the last ' + DAYS + ' days ...');
    var text = 'search `cloudtrail_index` | maliciouscaller matches_only=true | where severity!="" AND ' + conditionsOf(row) +
      ' | stats count AS calls by severity caller sourceIPAddress | sort 0 -num(calls) str(caller)';
    return tools.search(text, ['-' + DAYS + 'd', 'now']).then(function (rows) {
      var calls = rows.reduce(function (sum, each) { return sum + Number(each.calls); }, 0);
      var said = calls ? 'It would have covered ' + calls + ' calls of the last ' + DAYS + ' days:' : 'It would have covered no call of the last ' + DAYS + ' days.';
      tools.tell(said + (row.expires ? '' : ' It would never end.'));
      if (calls) box.appendChild(tableOf(['severity', 'caller', 'sourceIPAddress', 'calls'], rows.slice(0, 50), []));
      setShown(JSON.stringify(row));
    }).catch(function (error) { tools.tell(error.message, true); });
  }

  function setShown(text) {
    shown = text;
    document.getElementById('maliciouscaller_allow').disabled = !text || !writable;
  }

  function add(found) {
    var row = formRow();
    if (JSON.stringify(row) !== shown) { setShown(''); return tools.tell('The row is another one than was shown. Look at it first.', true); }
    var cells = COLUMNS.map(function (column) { return column + '=urldecode("' + tools.encoded(row[column]) + '")'; }).join(', ');
    // strict: a lookup that cannot be read now must not be written over with this row alone.
    var text = '| makeresults | eval ' + cells + ' | inputlookup append=true strict=' + (found.isThere ? 'true' : 'false') + ' caller_allowlist' + WRITE;
    shown = '';
    return tools.change('Saving ...', 'The row is added. Searches from now on say who allowed it.', function () { return tools.search(text); });
  }

  var BLANK = ' | appendpipe [stats count AS rows | where rows=0 | eval indicator="" | fields - rows]'; // or nothing would be written
  var WRITE = ' | where ' + COLUMNS.map(function (column) { return 'coalesce(' + column + ', "")'; }).join('.') + '!=""' + BLANK +
    ' | table ' + COLUMNS.join(' ') + ' | outputlookup override_if_empty=false caller_allowlist';

  function remove(row) {
    var cells = COLUMNS.map(function (column) { return 'coalesce(' + column + ', "")'; }).join('."|".');
    var text = '| inputlookup strict=true caller_allowlist | where ' + cells + '!=urldecode("' + tools.encoded(COLUMNS.map(function (column) { return row[column] || ''; }).join('|')) + '")' + WRITE;
    return tools.change('Saving ...', 'The row is taken out: what it covered has its severity again.', function () { return tools.search(text); });
  }

  function tableOf(columns, rows, more) {
    var heads = columns.concat(more.length ? [''] : []).map(function (text) { return element('th', { scope: 'col' }, text); });
    return element('table', {}, [element('thead', {}, element('tr', {}, heads)), element('tbody', {}, rows.map(function (row, at) {
      return element('tr', {}, columns.map(function (column) { return element('td', {}, String(row[column] || '')); }).concat(more.length ? [element('td', {}, more[at])] : []));
    }))]);
  }

  function load() {
    return Promise.all([
      tools.search('| inputlookup strict=true caller_allowlist').then(function (rows) { return { rows: rows, isThere: true }; }, function () { return { rows: [], isThere: false }; }),
      tools.call('GET', 'data/lookup-table-files/caller_allowlist.csv').then(function (found) { return (found.entry[0] || {}).acl; }, function () { return null; }),
    ]).then(function (both) {
      var rows = both[0].rows.filter(function (row) { return COLUMNS.some(function (column) { return row[column]; }); });
      return { rows: rows, isThere: both[0].isThere, acl: both[1] };
    });
  }

  function draw(found) {
    var off = !mayWrite(found);
    writable = !off;
    function box(column, type, value) { return tools.field(TITLES[column], { name: 'allow_' + column, type: type, value: value || '', class: /caller|reason/.test(column) ? 'wide' : '' }); }
    var removes = found.rows.map(function (row) {
      var over = /^\d{4}-\d\d-\d\d$/.test(row.expires || '') && row.expires < today();
      var name = 'Remove ' + (row.indicator || row.caller || row.feed) + (row.reason ? ', ' + row.reason : '');
      return [over ? 'over; ' : '', element('button', { type: 'button', disabled: off, 'aria-label': name, onclick: function () { remove(row); } }, 'Remove')];
    });
    var made = [
      element('h2', {}, '6. What is fine: the allowlist'),
      element('p', {}, 'A call that a row covers stays visible and has no severity. A row allows what all of its filled boxes say; prefer an address and a caller, with a last day.'),
      off ? element('p', { class: 'problem' }, 'You may not change the allowlist: it takes write access to the lookup caller_allowlist. You can look, and see what a row would cover.') : element('span'),
      found.rows.length ? tableOf(COLUMNS, found.rows, removes) : element('p', {}, 'Nothing is allowed.'),
      box('indicator', 'text', fromAddress.get('allow_indicator')), box('caller', 'text', fromAddress.get('allow_caller')), box('account', 'text'), box('feed', 'text'),
      tools.choice('Only matches of the category ', { name: 'allow_category' }, [''].concat(tools.categories), ''),
      box('owner', 'text', tools.may().user), box('reason', 'text'), box('expires', 'date'),
      element('button', { type: 'button', onclick: preview }, 'Show what the row would cover'),
      element('button', { type: 'button', disabled: true, id: 'maliciouscaller_allow', onclick: function () { add(found); } }, 'Add the row'),
      element('div', { id: 'maliciouscaller_covered' }),
    ];
    fromAddress = new URLSearchParams('');
    return made;
  }

  return { order: 6, load: load, draw: draw };
});
