package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"verso/etl/config"
	"verso/etl/source"
)

// Texts as they stand in the tables of the book trade.
const (
	simplified  = "编号,书名,出版社,客户\n1,统计学习方法,清华大学出版社,北京图书馆\n2,红楼梦,人民文学出版社,复旦大学\n3,三体,重庆出版社,华中科技大学图书馆\n"
	traditional = "編號,書名,出版社,客戶\n1,統計學習方法,聯經出版公司,臺灣大學圖書館\n2,紅樓夢,三民書局,國家圖書館\n3,魯迅全集,香港中文大學出版社,成功大學\n"
	western     = "id,title,publisher\n1,Les Misérables,Éditions Gallimard\n2,Die Verwandlung – Erzählung,Universität München\n3,El coronel no tiene quién le escriba,Planeta España\n4,Price 5 €,“Quoted” Verlag\n"
	rare        = "编号,姓名\n1,朱镕基\n2,陈堃\n3,㐀㐁\n4,李喆\n5,王祎\n6,张三\n7,中国人民大学\n"
)

var encodings = []struct {
	name string
	enc  encoding.Encoding
}{
	{"utf-8", encoding.Nop},
	{"utf-8", unicode.UTF8BOM},
	{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"gb18030", simplifiedchinese.GB18030},
	{"gb18030", simplifiedchinese.GBK},
	{"big5", traditionalchinese.Big5},
	{"latin-1", charmap.Windows1252},
}

func encode(t testing.TB, enc encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodings(t *testing.T) {
	for _, e := range encodings {
		for name, text := range map[string]string{"simplified": simplified, "traditional": traditional, "western": western, "rare": rare} {
			raw, err := e.enc.NewEncoder().Bytes([]byte(text))
			if err != nil {
				continue // the encoding has no such characters
			}
			if name == "traditional" && e.name == "gb18030" || name == "western" && (e.name == "gb18030" || e.name == "big5") {
				continue // GB 18030 holds everything; nobody writes these texts in it
			}
			t.Run(e.name+" "+name, func(t *testing.T) {
				for _, declared := range []string{"", e.name} {
					b := newBench(t)
					rows, rejects, r := b.land(config.Source{Path: b.write("f.csv", raw), Encoding: declared})
					if len(rejects) > 0 || r.Files[0].Encoding != e.name {
						t.Fatalf("found %s, %d rejects: %v", r.Files[0].Encoding, len(rejects), rejects)
					}
					var got strings.Builder
					got.WriteString(strings.Join(names(r.Columns), ",") + "\n")
					for _, row := range rows {
						got.WriteString(strings.Join(row, ",") + "\n")
					}
					if got.String() != text {
						t.Errorf("got\n%s", got.String())
					}
				}
			})
		}
	}
}

// A few characters must be enough to tell the encodings apart.
func TestShortTexts(t *testing.T) {
	for _, c := range []struct {
		want string
		enc  encoding.Encoding
		text string
	}{
		{"gb18030", simplifiedchinese.GBK, "id,name\n1,北京大学\n"},
		{"gb18030", simplifiedchinese.GBK, "客户,数量,日期\nA,3,2024-01-01\n"},
		{"gb18030", simplifiedchinese.GBK, "id,city\n1,上海\n2,广州\n"},
		{"big5", traditionalchinese.Big5, "id,name\n1,國立臺灣大學\n2,書店\n"},
		{"big5", traditionalchinese.Big5, "客戶,數量,日期,書名\nA,3,2024-01-01,紅樓夢\n"},
		{"latin-1", charmap.Windows1252, "id,name\n1,Müller\n"},
		{"latin-1", charmap.Windows1252, "id,name\n1,José\n2,Zoë\n"},
		{"utf-8", encoding.Nop, "id,name\n1,书\n"},
	} {
		got := detect(encode(t, c.enc, c.text), true)
		if got.name != c.want {
			t.Errorf("%q in %s: found %s (score %.2f)", c.text, c.want, got.name, got.score)
		}
	}
}

// A declared encoding that is not the file's is refused or its records are
// rejected; never does other text than the file's land.
func TestWrongEncodingDeclared(t *testing.T) {
	for _, text := range []string{simplified, traditional, western} {
		for _, e := range encodings {
			raw, err := e.enc.NewEncoder().Bytes([]byte(text))
			if err != nil || text != simplified && e.name == "gb18030" || text != traditional && e.name == "big5" || text != western && e.name == "latin-1" {
				continue
			}
			for _, declared := range []string{"utf-8", "utf-16le", "utf-16be", "gb18030", "big5", "latin-1"} {
				if declared == e.name {
					continue
				}
				b := newBench(t)
				src := b.source(config.Source{Path: b.write("f.csv", raw), Encoding: declared})
				_, err := src.Land(context.Background(), b.conn, b.request())
				var u *source.UnreadableError
				if !errors.As(err, &u) {
					t.Errorf("%s declared as %s landed: %v\n%v", e.name, declared, err, b.table(b.request().Path))
				} else if !strings.Contains(err.Error(), e.name) {
					t.Errorf("%s declared as %s: the message does not say so: %v", e.name, declared, err)
				}
			}
		}
	}
}

// The first 2 MB are ASCII, the Chinese comes after them.
func TestLateEncoding(t *testing.T) {
	var text strings.Builder
	text.WriteString("id,name\n")
	for i := range 150000 {
		fmt.Fprintf(&text, "%d,customer %d\n", i, i)
	}
	ascii := text.Len()
	for i := range 1000 {
		fmt.Fprintf(&text, "%d,清华大学图书馆\n", i)
	}
	for _, e := range encodings {
		if e.enc == traditionalchinese.Big5 || e.enc == charmap.Windows1252 || strings.HasPrefix(e.name, "utf-16") {
			continue
		}
		b := newBench(t)
		rows, rejects, r := b.land(config.Source{Path: b.write("f.csv", encode(t, e.enc, text.String()))})
		if len(rejects) != 0 || r.Files[0].Encoding != e.name || rows[150999][1] != "清华大学图书馆" || ascii < sampleSize {
			t.Errorf("%s: found %s, %d rejects, %v", e.name, r.Files[0].Encoding, len(rejects), rows[len(rows)-1])
		}
	}
}

// Bytes that the encoding does not have reject their record, and only that.
func TestUndecodable(t *testing.T) {
	raw := encode(t, simplifiedchinese.GBK, simplified)
	raw = append(raw, []byte("4,\xff\xff,x,y\n")...)
	raw = append(raw, encode(t, simplifiedchinese.GBK, "5,三国演义,中华书局,南京大学\n")...)
	b := newBench(t)
	rows, rejects, _ := b.land(config.Source{Path: b.write("f.csv", raw)})
	if len(rows) != 4 || len(rejects) != 1 || !strings.HasPrefix(rejects[0], "5 | 3 | bytes that are not valid gb18030 | 4,") {
		t.Error(rows, rejects)
	}
	if rows[3][3] != "南京大学" {
		t.Error(rows[3])
	}
}

func TestFaultsAcrossPieces(t *testing.T) {
	text := strings.Repeat("好\ufffd", 5000)
	raw := encode(t, simplifiedchinese.GB18030, text)
	got := new(bytes.Buffer)
	if _, err := got.ReadFrom(decoded(bytes.NewReader(raw), gb18030Name)); err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("好\xff\xff\xff", 5000); got.String() != want {
		t.Errorf("%d bytes, want %d", got.Len(), len(want))
	}
}
