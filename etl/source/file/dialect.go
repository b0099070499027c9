package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"verso/etl/config"
)

// dialect is how a text file writes its table.
type dialect struct {
	delim  byte
	quote  byte // 0: none
	escape byte // the quote itself when quotes are doubled
	header bool
	skip   int    // lines before the header, with the sep= line
	null   string // text that means null, beside the empty field
	mac    bool   // lines end in a lone carriage return
	eol    string // LF, CRLF, mixed, CR: reported
}

// String is the dialect as it is reported.
func (d dialect) String() string {
	quote := "none"
	if d.quote != 0 {
		quote = fmt.Sprintf("%q", rune(d.quote))
	}
	s := fmt.Sprintf("delimiter %q quote %s header %v", rune(d.delim), quote, d.header)
	if d.quote != 0 && d.escape != d.quote {
		s += fmt.Sprintf(" escape %q", rune(d.escape))
	}
	if d.skip > 0 {
		s += fmt.Sprintf(" skip %d", d.skip)
	}
	if d.null != "" {
		s += fmt.Sprintf(" null %q", d.null)
	}
	if d.eol != "" {
		s += " lines " + d.eol
	}
	return s
}

// declaredDialect is what the configuration sets; zero bytes are to be detected.
type declaredDialect struct {
	delim, quote, escape byte
	noQuote              bool
	header               *bool
	skip                 int
	null                 string
}

func declare(c config.CSV) (declaredDialect, error) {
	d := declaredDialect{header: c.Header, skip: c.Skip, null: c.Null}
	if c.Skip < 0 {
		return d, fmt.Errorf("csv.skip is %d: it must be 0 or more lines", c.Skip)
	}
	if c.Quote == "none" {
		d.noQuote = true
		c.Quote = ""
	}
	if c.Delimiter == `\t` || strings.EqualFold(c.Delimiter, "tab") {
		c.Delimiter = "\t"
	}
	for _, o := range []struct {
		name, text string
		into       *byte
	}{{"delimiter", c.Delimiter, &d.delim}, {"quote", c.Quote, &d.quote}, {"escape", c.Escape, &d.escape}} {
		switch {
		case o.text == "":
		case len(o.text) > 1 || o.text[0] >= utf8.RuneSelf || o.text[0] == '\n' || o.text[0] == '\r' || o.text[0] == 0:
			return d, fmt.Errorf("csv.%s is %q: it must be one ASCII character, such as , ; | or \\t", o.name, o.text)
		default:
			*o.into = o.text[0]
		}
	}
	if d.delim != 0 && d.delim == d.quote {
		return d, fmt.Errorf("csv.delimiter and csv.quote are both %q", d.delim)
	}
	return d, nil
}

// delimiters are tried in this order; the earlier wins a draw.
var delimiters = []byte{',', ';', '\t', '|'}

// detectDialect finds what is not declared from a sample of decoded text;
// whole says that the sample is the whole file.
func detectDialect(sample []byte, whole bool, c declaredDialect, tsv bool) dialect {
	d := dialect{delim: c.delim, quote: c.quote, escape: c.escape, skip: c.skip, null: c.null}
	if bytes.IndexByte(sample, '\n') < 0 && bytes.Count(sample, []byte{'\r'}) > 1 {
		d.mac = true
		sample = bytes.ReplaceAll(sample, []byte{'\r'}, []byte{'\n'})
	}
	if i := bytes.LastIndexByte(sample, '\n'); !whole && i >= 0 {
		sample = sample[:i+1]
	}
	d.eol = lineEnds(sample, d.mac)
	if sep := sepLine(sample); sep != 0 {
		if d.delim == 0 {
			d.delim = sep
		}
		d.skip = max(d.skip, 1)
	}
	body := sample
	for range d.skip {
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			body = body[i+1:]
		} else {
			body = nil
		}
	}
	if d.quote == 0 && !c.noQuote {
		d.quote = detectQuote(body)
	}
	if d.escape == 0 {
		d.escape = detectEscape(body, d.quote)
	}
	if d.delim == 0 && tsv {
		d.delim = '\t'
	}
	if d.delim == 0 {
		d.delim = detectDelimiter(body, d)
	}
	if c.header != nil {
		d.header = *c.header
	} else {
		d.header = detectHeader(rowsOf(body, d, 200))
	}
	return d
}

func lineEnds(sample []byte, mac bool) string {
	crlf := bytes.Count(sample, []byte("\r\n"))
	lf := bytes.Count(sample, []byte{'\n'})
	switch {
	case mac:
		return "CR"
	case lf == 0:
		return ""
	case crlf == 0:
		return "LF"
	case crlf == lf:
		return "CRLF"
	}
	return "mixed"
}

// sepLine is the delimiter that Excel's first line "sep=;" announces, or 0.
func sepLine(sample []byte) byte {
	line, _, _ := bytes.Cut(sample, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	line = bytes.Trim(line, `"`)
	if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
		return line[4]
	}
	return 0
}

// detectQuote is the double quote, unless only single quotes enclose fields.
func detectQuote(sample []byte) byte {
	if bytes.IndexByte(sample, '"') >= 0 {
		return '"'
	}
	opens, closes := 0, 0
	edge := func(i int) bool {
		return i < 0 || i >= len(sample) || sample[i] == '\n' || sample[i] == '\r' || bytes.IndexByte(delimiters, sample[i]) >= 0
	}
	for i, c := range sample {
		if c != '\'' {
			continue
		}
		if edge(i - 1) {
			opens++
		} else if edge(i + 1) {
			closes++
		}
	}
	if opens >= 2 && opens-closes <= opens/10 && closes-opens <= opens/10 {
		return '\''
	}
	return '"'
}

// detectEscape is the quote itself, unless quotes inside fields follow a
// backslash and none is doubled.
func detectEscape(sample []byte, quote byte) byte {
	if quote == 0 {
		return 0
	}
	inner := 0
	for i := 0; i+2 < len(sample); i++ {
		if sample[i] == '\\' && sample[i+1] == quote && sample[i+2] != '\n' && sample[i+2] != '\r' && bytes.IndexByte(delimiters, sample[i+2]) < 0 {
			inner++
		}
	}
	if inner == 0 {
		return quote
	}
	doubled := 0
	for i := 1; i+2 < len(sample); i++ {
		if sample[i] == quote && sample[i+1] == quote && bytes.IndexByte(delimiters, sample[i-1]) < 0 && sample[i-1] != '\n' {
			doubled++
		}
	}
	if doubled > 0 {
		return quote
	}
	return '\\'
}

// detectDelimiter takes the candidate that splits most records into the same
// number of fields, more than one.
func detectDelimiter(sample []byte, d dialect) byte {
	best, bestShare, bestFields := byte(','), 0.0, 1
	for _, candidate := range delimiters {
		d.delim = candidate
		counts := map[int]int{}
		total, broken := 0, 0
		first := 0
		r := newReader(bytes.NewReader(sample), d)
		for total < 1000 {
			rec, err := r.next()
			if err != nil {
				break
			}
			total++
			if rec.kind == bad {
				broken++
				continue
			}
			n := len(rec.values(d, 0, nil))
			if total == 1 {
				first = n
			}
			counts[n]++
		}
		mode := 1
		for n, c := range counts {
			if c > counts[mode] || c == counts[mode] && n > mode {
				mode = n
			}
		}
		if mode == 1 || total == 0 {
			continue
		}
		share := float64(counts[mode]-broken) / float64(total)
		if first == mode {
			share += 0.1 // the header agrees
		}
		if share > bestShare+0.02 || share > bestShare-0.02 && mode > bestFields {
			best, bestShare, bestFields = candidate, share, mode
		}
	}
	return best
}

// rowsOf reads up to n good records of a sample, copied.
func rowsOf(sample []byte, d dialect, n int) [][]string {
	var rows [][]string
	r := newReader(bytes.NewReader(sample), d)
	for len(rows) < n {
		rec, err := r.next()
		if errors.Is(err, io.EOF) || err != nil {
			break
		}
		if rec.kind == bad && rec.reason != tooFew && rec.reason != tooMany {
			continue
		}
		values := rec.values(d, 0, nil)
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = strings.TrimSpace(string(v))
		}
		rows = append(rows, row)
	}
	return rows
}

// detectHeader tells names from data: a first row with a number, a date or an
// empty field among filled ones is data, unless the same column below is text;
// so is one whose texts come back in their own columns below.
func detectHeader(rows [][]string) bool {
	if len(rows) == 0 {
		return true
	}
	first := rows[0]
	for _, v := range first {
		if isValue(v) {
			return false
		}
	}
	if len(rows) < 3 {
		return true
	}
	repeated := 0
	for c, v := range first {
		if v == "" {
			continue
		}
		for _, row := range rows[1:] {
			if c < len(row) && row[c] == v {
				repeated++
				break
			}
		}
	}
	return repeated == 0 || repeated*3 < len(first)
}

// isValue tells a number, a date or a time from a name.
func isValue(s string) bool {
	if s == "" {
		return false
	}
	digits, others := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune("+-.,:/% T年月日时分秒¥$€£", r):
		default:
			others++
		}
	}
	return digits > 0 && others == 0
}

// uniqueNames makes a header usable: names trimmed, empty ones numbered, and
// repeated ones (whatever their case) told apart. Notes say what was changed.
func uniqueNames(names []string) (unique, notes []string) {
	taken := map[string]bool{}
	for _, n := range names {
		taken[strings.ToLower(strings.TrimSpace(n))] = true
	}
	used := map[string]bool{}
	for i, n := range names {
		name := strings.TrimSpace(strings.Map(func(r rune) rune {
			if r == '\ufeff' || r == '\u200b' {
				return -1
			}
			return r
		}, n))
		switch {
		case name == "":
			name = free(fmt.Sprintf("column%d", i+1), taken, used)
			notes = append(notes, fmt.Sprintf("column %d has no name: it is called %q", i+1, name))
		case used[strings.ToLower(name)]:
			old := name
			for k := 2; used[strings.ToLower(name)] || name == old || taken[strings.ToLower(name)]; k++ {
				name = fmt.Sprintf("%s_%d", old, k)
			}
			notes = append(notes, fmt.Sprintf("column %d repeats the name %q: it is called %q", i+1, old, name))
		}
		used[strings.ToLower(name)] = true
		unique = append(unique, name)
	}
	return unique, notes
}

func free(name string, taken, used map[string]bool) string {
	for taken[name] || used[name] {
		name += "_"
	}
	return name
}
