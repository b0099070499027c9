//go:build duckdb_arrow

package flight_test

import (
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	_ "github.com/apache/arrow-go/v18/arrow/flight/flightsql/driver"

	"verso/olap/api/flight"
)

// TestDatabaseSQL comes through the driver of database/sql.
func TestDatabaseSQL(t *testing.T) {
	address, _ := serve(t, flight.Limits{})
	db, err := sql.Open("flightsql", fmt.Sprintf("flightsql://ann:nna@%s?timeout=20s", address))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT region, count(*) AS n FROM core.sale WHERE id < ? GROUP BY region ORDER BY region", int64(101))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var region string
		var n int64
		if err := rows.Scan(&region, &n); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(region, n))
	}
	if strings.Join(got, " ") != "North51 South50" || rows.Err() != nil {
		t.Error(got, rows.Err())
	}
}

// TestPython comes by ADBC from Python, where its driver is installed.
func TestPython(t *testing.T) {
	python := os.Getenv("VERSO_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import adbc_driver_flightsql.dbapi, pyarrow").Run(); err != nil {
		t.Skip("skipped: " + python + " has no adbc_driver_flightsql and pyarrow (pip install adbc-driver-flightsql pyarrow)")
	}
	address, _ := serve(t, flight.Limits{})
	out, err := exec.Command(python, "-c", `
import sys
import adbc_driver_flightsql.dbapi as flight
with flight.connect("grpc://" + sys.argv[1], db_kwargs={"username": "ann", "password": "nna"}) as c:
    with c.cursor() as cur:
        cur.execute("SELECT region, sum(net) AS net, count(sparse) AS n FROM core.sale WHERE id < ? GROUP BY region ORDER BY region", (500,))
        print(cur.fetchall())
        cur.execute("FROM core.sale")
        t = cur.fetch_arrow_table()
        print(t.num_rows, t.schema.field("net").type)
    print([s["db_schema_name"] for s in c.adbc_get_objects(depth="db_schemas").read_all().to_pylist()[0]["catalog_db_schemas"]])
`, address).Output()
	want := "[('North', Decimal('77812.5000'), 200), ('South', Decimal('78125.0000'), 200)]\n10000 decimal128(18, 4)\n['core', 'meta']\n"
	if got := string(out); err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}
