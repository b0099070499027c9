package mysql

import (
	"strings"
	"testing"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/mysql/mysqltest"
	"verso/etl/source/sourcetest"
	"verso/olap/engine/duck/ducktest"
)

func open(t testing.TB, dsn string) *Source {
	t.Helper()
	s, err := New("erp", config.Source{DSN: dsn}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(*Source)
}

// fill makes a table of the suite.
func fill(t testing.TB, server *mysqltest.Server, table sourcetest.Table) string {
	t.Helper()
	var columns, names []string
	for _, c := range table.Columns {
		kind := map[string]string{"integer": "bigint", "decimal": "decimal(18,4)", "date": "date", "text": "text", "moment": "timestamp(6) null"}[c.Kind]
		columns = append(columns, quote(c.Name)+" "+kind)
		names = append(names, quote(c.Name))
	}
	id := quote(table.Name)
	server.Exec(t, "DROP TABLE IF EXISTS "+id+"; CREATE TABLE "+id+" ("+strings.Join(columns, ", ")+")")
	escape := strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t")
	var b strings.Builder
	send := func() {
		if b.Len() > 0 {
			server.Load(t, id, []byte(b.String()))
			b.Reset()
		}
	}
	for r := range table.Rows {
		for k, c := range table.Columns {
			if k > 0 {
				b.WriteByte('\t')
			}
			switch v := table.Cell(r, k); {
			case v == sourcetest.Null:
				b.WriteString("\\N")
			case c.Kind == "moment":
				b.WriteString(strings.TrimSuffix(v, "+00"))
			default:
				b.WriteString(escape.Replace(v))
			}
		}
		b.WriteByte('\n')
		if b.Len() > 32<<20 {
			send()
		}
	}
	send()
	return "SELECT " + strings.Join(names, ", ") + " FROM " + id
}

func TestContract(t *testing.T) {
	conn := ducktest.Scratch(t)
	server := mysqltest.Start(t, nil)
	sourcetest.Run(t, sourcetest.Harness{Conn: conn,
		Open: func(t *testing.T, table sourcetest.Table) (source.Source, source.Request) {
			return open(t, server.DSN()), source.Request{Name: table.Name, SQL: fill(t, server, table)}
		},
		Between: func(t *testing.T, _ source.Request) sourcetest.Network {
			return sourcetest.Network{Network: "unix", Address: server.Socket, Open: func(address string) source.Source {
				return open(t, "mysql://root@"+address+"/shop")
			}}
		}})
}
