package file

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Names of the encodings, as they are reported and declared.
const (
	utf8Name    = "utf-8"
	utf16le     = "utf-16le"
	utf16be     = "utf-16be"
	gb18030Name = "gb18030"
	big5Name    = "big5"
	latin1Name  = "latin-1"
)

// encodingName is the reported name of a declared one.
func encodingName(declared string) (string, error) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(declared)) {
	case "":
		return "", nil
	case "utf8", "utf8sig", "utf8bom", "ascii", "usascii":
		return utf8Name, nil
	case "utf16", "utf16le", "ucs2", "unicode":
		return utf16le, nil
	case "utf16be":
		return utf16be, nil
	case "gb18030", "gbk", "gb2312", "cp936", "936", "euccn":
		return gb18030Name, nil
	case "big5", "cp950", "950", "big5hkscs":
		return big5Name, nil
	case "latin1", "iso88591", "windows1252", "cp1252", "1252", "ansi":
		return latin1Name, nil
	}
	return "", fmt.Errorf("encoding %q is not known: use utf-8, utf-16le, utf-16be, gb18030 (gbk), big5 or latin-1", declared)
}

// decoder is nil for UTF-8.
func decoder(name string) *encoding.Decoder {
	switch name {
	case utf16le:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	case utf16be:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	case gb18030Name:
		return simplifiedchinese.GB18030.NewDecoder()
	case big5Name:
		return traditionalchinese.Big5.NewDecoder()
	case latin1Name:
		return charmap.Windows1252.NewDecoder()
	}
	return nil
}

// decoded reads r as UTF-8. What cannot be decoded comes out as bytes that are
// no UTF-8, so that one check finds the faults of every encoding.
func decoded(r io.Reader, name string) io.Reader {
	d := decoder(name)
	if d == nil {
		return r
	}
	return transform.NewReader(r, transform.Chain(d, faults{latin1: name == latin1Name}))
}

// faults turns U+FFFD, which decoders write for what they cannot read, and in
// Latin-1 the C1 controls, which no text has, into 0xFF bytes.
type faults struct {
	transform.NopResetter
	latin1 bool
}

// Transform implements transform.Transformer.
func (t faults) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	n := min(len(dst), len(src))
	if n < len(src) {
		err = transform.ErrShortDst
	}
	// A rune cut by the end of the piece waits for its rest.
	if keep := n - cutRune(src[:n]); keep < n && !(atEOF && n == len(src)) {
		n = keep
		if err == nil {
			err = transform.ErrShortSrc
		}
	}
	copy(dst[:n], src[:n])
	replace := func(mark string) {
		for i := 0; ; {
			k := bytes.Index(dst[i:n], []byte(mark))
			if k < 0 {
				return
			}
			for j := range len(mark) {
				dst[i+k+j] = 0xff
			}
			i += k + len(mark)
		}
	}
	replace("\ufffd")
	if t.latin1 {
		for i := 0; i+1 < n; i++ {
			if dst[i] == 0xc2 && dst[i+1] < 0xa0 {
				dst[i], dst[i+1] = 0xff, 0xff
			}
		}
	}
	return n, n, err
}

// cutRune is the number of bytes at the end of b that begin a rune without
// finishing it.
func cutRune(b []byte) int {
	for back := 1; back <= 3 && back <= len(b); back++ {
		c := b[len(b)-back]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-back:]) {
				return back
			}
			return 0
		}
	}
	return 0
}

// guess is what the bytes of a sample say about their encoding.
type guess struct {
	name  string
	bom   int     // bytes to skip
	sure  bool    // the bytes allow hardly anything else
	ascii bool    // nothing but ASCII was seen: the name is an assumption
	score float64 // share of common characters among the decoded ones
}

// detect finds the encoding of a sample; whole says the sample is all there is.
func detect(sample []byte, whole bool) guess {
	switch {
	case bytes.HasPrefix(sample, []byte("\xef\xbb\xbf")):
		return guess{name: utf8Name, bom: 3, sure: true}
	case bytes.HasPrefix(sample, []byte{0xff, 0xfe}):
		return guess{name: utf16le, bom: 2, sure: true}
	case bytes.HasPrefix(sample, []byte{0xfe, 0xff}):
		return guess{name: utf16be, bom: 2, sure: true}
	}
	if name := wide(sample); name != "" {
		return guess{name: name, sure: true}
	}
	valid, invalid := countUTF8(sample, whole)
	switch {
	case valid == 0 && invalid == 0:
		return guess{name: utf8Name, ascii: true}
	case invalid == 0 || valid > 20*invalid:
		return guess{name: utf8Name, sure: valid >= 3}
	}
	return eightBit(sample)
}

// wide finds UTF-16 without a byte order mark by the zero bytes of its ASCII.
func wide(sample []byte) string {
	var zero [2]int
	for i, c := range sample {
		if c == 0 {
			zero[i&1]++
		}
	}
	// Of a table's characters at least one in 25 is a delimiter, digit or line end.
	enough := max(2, len(sample)/50)
	name := ""
	switch {
	case zero[1] >= enough && zero[0]*10 <= zero[1]:
		name = utf16le
	case zero[0] >= enough && zero[1]*10 <= zero[0]:
		name = utf16be
	default:
		return ""
	}
	text, err := decoder(name).Bytes(sample[:len(sample)&^1])
	if err != nil || bytes.Count(text, []byte("\ufffd"))*100 > len(text) || binary(text) {
		return ""
	}
	return name
}

// countUTF8 counts the well-formed multi-byte characters and the faults.
func countUTF8(sample []byte, whole bool) (valid, invalid int) {
	if !whole {
		sample = sample[:len(sample)-cutRune(sample)]
	}
	for i := 0; i < len(sample); {
		if sample[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(sample[i:])
		if r == utf8.RuneError && n == 1 {
			invalid++
		} else {
			valid++
		}
		i += n
	}
	return valid, invalid
}

// eightBit decides between GB18030, Big5 and Latin-1. The two Chinese encodings
// put their few thousand everyday characters into one range of lead bytes, so
// text read in the wrong one falls into the rare characters half of the time;
// Latin-1 has single accented letters between ASCII ones.
func eightBit(sample []byte) guess {
	gb, big5, latin := scoreGB(sample), scoreBig5(sample), scoreLatin(sample)
	best := guess{name: gb18030Name, score: gb}
	if big5 > best.score {
		best = guess{name: big5Name, score: big5}
	}
	if latin > best.score {
		best = guess{name: latin1Name, score: latin}
	}
	second := 0.0
	for name, s := range map[string]float64{gb18030Name: gb, big5Name: big5, latin1Name: latin} {
		if name != best.name {
			second = max(second, s)
		}
	}
	best.sure = best.score >= 0.7 && best.score-second >= 0.2
	return best
}

// scoreGB is the share of double bytes in the everyday rows of GB 2312 (and its
// punctuation) among all non-ASCII characters.
func scoreGB(b []byte) float64 {
	return pairs(b, func(lead, trail byte) (ok, common bool) {
		ok = lead >= 0x81 && lead <= 0xfe && (trail >= 0x40 && trail <= 0x7e || trail >= 0x80 && trail <= 0xfe)
		everyday := lead >= 0xb0 && lead <= 0xd7 || lead == 0xa1 || lead == 0xa3
		return ok, everyday && trail >= 0xa1
	})
}

// scoreBig5 is the same for the first plane of Big5.
func scoreBig5(b []byte) float64 {
	return pairs(b, func(lead, trail byte) (ok, common bool) {
		ok = lead >= 0x81 && lead <= 0xfe && (trail >= 0x40 && trail <= 0x7e || trail >= 0xa1 && trail <= 0xfe)
		return ok, ok && (lead >= 0xa4 && lead <= 0xc6 || lead == 0xa1)
	})
}

func pairs(b []byte, class func(lead, trail byte) (ok, common bool)) float64 {
	total, good := 0, 0
	for i := 0; i < len(b); {
		if b[i] < 0x80 {
			i++
			continue
		}
		if i+1 == len(b) {
			break
		}
		total++
		ok, common := class(b[i], b[i+1])
		if common {
			good++
		}
		if ok {
			i += 2
		} else {
			i++
		}
	}
	if total == 0 {
		return 0
	}
	return float64(good) / float64(total)
}

// scoreLatin is the share of accented letters and signs that stand alone beside
// ASCII; what is no Windows-1252 text at all counts double against it.
func scoreLatin(b []byte) float64 {
	total, alone := 0.0, 0.0
	high := func(i int) bool { return i >= 0 && i < len(b) && b[i] >= 0x80 }
	for i, c := range b {
		if c < 0x80 {
			continue
		}
		total++
		switch {
		case c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d:
			alone--
		case !high(i-1) && !high(i+1) && (c >= 0xc0 || c == 0xa0 || c == 0xa3 || c == 0xab || c == 0xb0 || c == 0xb7 || c == 0xbb || c == 0x80 || c >= 0x91 && c <= 0x97):
			alone++
		}
	}
	if total == 0 {
		return 0
	}
	return max(0, alone/total)
}

// contradiction says why a declared encoding cannot be the file's, "" when it may.
func contradiction(declared string, sample []byte, whole bool) string {
	found := detect(sample, whole)
	if found.name == declared || found.ascii && declared != utf16le && declared != utf16be {
		return ""
	}
	// Big5 and GB18030 are both possible for short texts: only a clear case counts.
	if !found.sure && !(found.ascii && len(sample) > 8) {
		return ""
	}
	why := "its characters are"
	if found.bom > 0 {
		why = "its byte order mark says"
	}
	return fmt.Sprintf("it is declared as %s, but %s %s: set encoding: %s, or leave it out to have it detected", declared, why, found.name, found.name)
}
