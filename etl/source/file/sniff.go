package file

import (
	"bytes"
	"fmt"
	"strings"
)

// compression of a file by its first bytes: gzip, zstd, zip or "".
func compression(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && !isWorkbook(head):
		return "zip"
	}
	return ""
}

// looks lists what other kinds of file begin with, and what to do about them.
// at is where the mark stands.
var looks = []struct {
	mark string
	at   int
	what string
}{
	{"%PDF-", 0, "a PDF document: export the table as CSV or XLSX"},
	{"\x89PNG", 0, "a PNG image"},
	{"\xff\xd8\xff", 0, "a JPEG image"},
	{"GIF8", 0, "a GIF image"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "an old Excel workbook (.xls) or a password-protected one: save it as .xlsx without a password"},
	{"SQLite format 3\x00", 0, "an SQLite database"},
	{"DUCK", 8, "a DuckDB database"},
	{"7z\xbc\xaf\x27\x1c", 0, "a 7-Zip archive: unpack it first"},
	{"Rar!\x1a\x07", 0, "a RAR archive: unpack it first"},
	{"BZh", 0, "a bzip2 archive: unpack it, or use gzip or zstd"},
	{"\xfd7zXZ\x00", 0, "an xz archive: unpack it, or use gzip or zstd"},
	{"ustar", 257, "a tar archive: unpack it first"},
	{"\x7fELF", 0, "a program"},
	{"MZ\x90\x00", 0, "a program"},
	{"PGDMP", 0, "a PostgreSQL dump in custom format: restore it and read the database"},
	{"ARROW1", 0, "an Arrow file: write it as Parquet"},
	{"Obj\x01", 0, "an Avro file: write it as Parquet"},
	{"ORC", 0, "an ORC file: write it as Parquet"},
	{"\xff\xfe\x00\x00", 0, "UTF-32 text: save it as UTF-8"},
	{"\x00\x00\xfe\xff", 0, "UTF-32 text: save it as UTF-8"},
}

// looksLike names what a file that is no table looks like, "" when it may be one.
func looksLike(head []byte) string {
	for _, l := range looks {
		if len(head) > l.at && bytes.HasPrefix(head[l.at:], []byte(l.mark)) {
			return l.what
		}
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		if isWorkbook(head) {
			return "an Excel workbook (.xlsx): name it so, or set format: xlsx"
		}
		return "a ZIP archive: unpack it first"
	}
	start := strings.ToLower(string(bytes.TrimLeft(head[:min(len(head), 512)], "\ufeff \t\r\n")))
	switch {
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"):
		return "an HTML page, perhaps the log-in page of the system it was to be downloaded from"
	case strings.HasPrefix(start, "<?xml"):
		return "an XML document: export the table as CSV"
	}
	return ""
}

// isWorkbook tells a workbook from other ZIP archives by the names near its
// beginning.
func isWorkbook(head []byte) bool {
	return bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("xl/"))
}

// binary tells bytes that are no text of any encoding: those with many control
// characters. Text in UTF-16 is decoded before it is asked.
func binary(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	odd := 0
	for _, c := range text {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1a && c != '\f' || c == 0x7f {
			odd++
		}
	}
	return odd > 8 && odd*50 > len(text)
}

// formatOf decides between the formats by content first, then by name.
// declared comes from the configuration.
func formatOf(name, declared string, head []byte) (string, error) {
	ext := extension(name)
	parquet := bytes.HasPrefix(head, []byte("PAR1"))
	workbook := bytes.HasPrefix(head, []byte("PK\x03\x04")) && isWorkbook(head)
	switch {
	case declared == "parquet" && !parquet:
		return "", fmt.Errorf("%s is declared as Parquet, but does not begin with PAR1%s", name, orLooks(head))
	case declared == "xlsx" && !workbook:
		return "", fmt.Errorf("%s is declared as XLSX, but is no workbook%s", name, orLooks(head))
	case declared == "parquet" || declared == "xlsx":
		return declared, nil
	case parquet && declared == "":
		return "parquet", nil
	case parquet:
		return "", fmt.Errorf("%s is declared as %s, but looks like a Parquet file: remove the format", name, declared)
	case workbook && declared == "" && (ext == ".xlsx" || ext == ".xlsm"):
		return "xlsx", nil
	}
	if what := looksLike(head); what != "" {
		return "", fmt.Errorf("%s looks like %s", name, what)
	}
	switch {
	case ext == ".parquet" && declared == "", ext == ".xlsx" && declared == "":
		return "", fmt.Errorf("%s is no %s file by its content: if it is text, set format: csv", name, strings.ToUpper(ext[1:]))
	case declared != "":
		return declared, nil
	case ext == ".jsonl" || ext == ".ndjson" || ext == ".json":
		return "jsonl", nil
	case ext == ".tsv" || ext == ".tab":
		return "tsv", nil
	}
	if t := bytes.TrimLeft(head, "\ufeff \t\r\n"); len(t) > 1 && t[0] == '{' && (t[1] == '"' || t[1] == ' ' || t[1] == '}') {
		return "jsonl", nil
	}
	return "csv", nil
}

func orLooks(head []byte) string {
	if what := looksLike(head); what != "" {
		return "; it looks like " + what
	}
	return ""
}
