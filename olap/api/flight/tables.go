package flight

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql/schema_ref"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

// described is where the rows of a list are: the descriptor says which.
func described(d *flight.FlightDescriptor, schema *arrow.Schema) *flight.FlightInfo {
	return &flight.FlightInfo{Schema: flight.SerializeSchema(schema, memory.DefaultAllocator), FlightDescriptor: d,
		Endpoint: []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: d.Cmd}}}, TotalRecords: -1, TotalBytes: -1}
}

// texts is a batch of text columns.
func texts(schema *arrow.Schema, rows [][]string) (*arrow.Schema, <-chan flight.StreamChunk) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range rows {
		for i, cell := range row {
			switch f := b.Field(i).(type) {
			case *array.StringBuilder:
				f.Append(cell)
			case *array.BinaryBuilder:
				f.AppendString(cell)
			}
		}
	}
	chunks := make(chan flight.StreamChunk, 1)
	chunks <- flight.StreamChunk{Data: b.NewRecordBatch()}
	close(chunks)
	return schema, chunks
}

// GetFlightInfoCatalogs tells of the list of catalogs.
func (s *Server) GetFlightInfoCatalogs(_ context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return described(d, schema_ref.Catalogs), nil
}

// DoGetCatalogs lists the one catalog.
func (s *Server) DoGetCatalogs(context.Context) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	schema, chunks := texts(schema_ref.Catalogs, [][]string{{Catalog}})
	return schema, chunks, nil
}

// GetFlightInfoTableTypes tells of the list of kinds of tables.
func (s *Server) GetFlightInfoTableTypes(_ context.Context, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return described(d, schema_ref.TableTypes), nil
}

// DoGetTableTypes lists the kinds of tables.
func (s *Server) DoGetTableTypes(context.Context) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	schema, chunks := texts(schema_ref.TableTypes, [][]string{{"BASE TABLE"}, {"VIEW"}})
	return schema, chunks, nil
}

// GetFlightInfoSchemas tells of the list of schemas.
func (s *Server) GetFlightInfoSchemas(_ context.Context, _ flightsql.GetDBSchemas, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return described(d, schema_ref.DBSchemas), nil
}

// ours keeps what the engine brings along out of a list.
const ours = `table_catalog = 'verso' AND table_schema NOT IN ('information_schema', 'pg_catalog')`

// DoGetDBSchemas lists the schemas that the person may see.
func (s *Server) DoGetDBSchemas(ctx context.Context, r flightsql.GetDBSchemas) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	rows := [][]string{}
	if of(r.GetCatalog(), Catalog) {
		err := s.list(ctx, `SELECT DISTINCT table_schema AS "schema" FROM information_schema.tables WHERE `+ours+` AND table_schema LIKE ? ESCAPE '\' ORDER BY 1`,
			func(cells []string) { rows = append(rows, []string{Catalog, cells[0]}) }, pattern(r.GetDBSchemaFilterPattern()))
		if err != nil {
			return nil, nil, err
		}
	}
	schema, chunks := texts(schema_ref.DBSchemas, rows)
	return schema, chunks, nil
}

// GetFlightInfoTables tells of the list of tables.
func (s *Server) GetFlightInfoTables(_ context.Context, r flightsql.GetTables, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return described(d, tablesSchema(r)), nil
}

func tablesSchema(r flightsql.GetTables) *arrow.Schema {
	if r.GetIncludeSchema() {
		return schema_ref.TablesWithIncludedSchema
	}
	return schema_ref.Tables
}

// DoGetTables lists the tables that the person may see, with their columns where
// these are asked for.
func (s *Server) DoGetTables(ctx context.Context, r flightsql.GetTables) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	rows := [][]string{}
	var columns map[string][]arrow.Field
	if of(r.GetCatalog(), Catalog) {
		filters := []any{pattern(r.GetDBSchemaFilterPattern()), pattern(r.GetTableNameFilterPattern())}
		err := s.list(ctx, `SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE `+ours+` AND table_schema LIKE ? ESCAPE '\' AND table_name LIKE ? ESCAPE '\' ORDER BY 1, 2`,
			func(cells []string) {
				if types := r.GetTableTypes(); len(types) == 0 || slices.Contains(types, cells[2]) || cells[2] == "BASE TABLE" && slices.Contains(types, "TABLE") {
					rows = append(rows, append([]string{Catalog}, cells...))
				}
			}, filters...)
		if err == nil && r.GetIncludeSchema() {
			columns, err = s.columns(ctx, filters)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if r.GetIncludeSchema() {
		for i, row := range rows {
			rows[i] = append(row, string(flight.SerializeSchema(arrow.NewSchema(columns[row[1]+"."+row[2]], nil), memory.DefaultAllocator)))
		}
	}
	schema, chunks := texts(tablesSchema(r), rows)
	return schema, chunks, nil
}

// columns are the columns of tables, by schema and name.
func (s *Server) columns(ctx context.Context, filters []any) (map[string][]arrow.Field, error) {
	columns := map[string][]arrow.Field{}
	err := s.list(ctx, `SELECT table_schema || '.' || table_name AS "table", column_name, data_type, is_nullable FROM information_schema.columns
		WHERE `+ours+` AND table_schema LIKE ? ESCAPE '\' AND table_name LIKE ? ESCAPE '\' ORDER BY 1, ordinal_position`,
		func(cells []string) {
			columns[cells[0]] = append(columns[cells[0]], arrow.Field{Name: cells[1], Type: arrowType(cells[2]), Nullable: cells[3] == "YES"})
		}, filters...)
	return columns, err
}

// arrowType is how a column of an SQL type comes; nested ones are told as text.
func arrowType(sql string) arrow.DataType {
	if inner, ok := strings.CutPrefix(sql, "DECIMAL("); ok {
		precision, scale, _ := strings.Cut(strings.TrimSuffix(inner, ")"), ",")
		p, err := strconv.Atoi(precision)
		d, scaleErr := strconv.Atoi(scale)
		if err == nil && scaleErr == nil {
			return &arrow.Decimal128Type{Precision: int32(p), Scale: int32(d)}
		}
	}
	types := map[string]arrow.DataType{
		"BOOLEAN": arrow.FixedWidthTypes.Boolean, "TINYINT": arrow.PrimitiveTypes.Int8, "SMALLINT": arrow.PrimitiveTypes.Int16, "INTEGER": arrow.PrimitiveTypes.Int32,
		"BIGINT": arrow.PrimitiveTypes.Int64, "HUGEINT": &arrow.Decimal128Type{Precision: 38}, "FLOAT": arrow.PrimitiveTypes.Float32, "DOUBLE": arrow.PrimitiveTypes.Float64,
		"DATE": arrow.FixedWidthTypes.Date32, "TIMESTAMP": &arrow.TimestampType{Unit: arrow.Microsecond}, "TIMESTAMP WITH TIME ZONE": arrow.FixedWidthTypes.Timestamp_us,
		"BLOB": arrow.BinaryTypes.Binary, "UBIGINT": arrow.PrimitiveTypes.Uint64, "UINTEGER": arrow.PrimitiveTypes.Uint32, "USMALLINT": arrow.PrimitiveTypes.Uint16, "UTINYINT": arrow.PrimitiveTypes.Uint8,
		"TIME": arrow.FixedWidthTypes.Time64us, "INTERVAL": arrow.FixedWidthTypes.MonthDayNanoInterval,
	}
	if t := types[sql]; t != nil {
		return t
	}
	return arrow.BinaryTypes.String
}

// list runs a statement of the server's own where those of people run.
func (s *Server) list(ctx context.Context, sql string, row func([]string), parameters ...any) error {
	lease, _, err := s.lease(ctx)
	if err != nil {
		return err
	}
	defer lease.Release()
	r := s.request(lease, sql)
	if r.Parameters, err = json.Marshal(parameters); err != nil {
		return err
	}
	result, err := s.o.Workers.Run(ctx, r)
	if err != nil {
		return err
	}
	defer result.Release()
	for result.Next() {
		batch := result.RecordBatch()
		for i := range int(batch.NumRows()) {
			cells := make([]string, batch.NumCols())
			for c := range cells {
				cells[c] = engine.Text(engine.Value(batch.Column(c), i))
			}
			row(cells)
		}
	}
	return result.Err()
}

// of reports whether a catalog asked for is the one there is.
func of(asked *string, name string) bool { return asked == nil || *asked == name }

// pattern is a filter of LIKE; nothing asked is everything.
func pattern(asked *string) string {
	if asked == nil {
		return "%"
	}
	return *asked
}

// GetFlightInfoPrimaryKeys tells of the list of keys.
func (s *Server) GetFlightInfoPrimaryKeys(_ context.Context, _ flightsql.TableRef, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return described(d, schema_ref.PrimaryKeys), nil
}

// DoGetPrimaryKeys lists nothing: the warehouse declares no keys.
func (s *Server) DoGetPrimaryKeys(context.Context, flightsql.TableRef) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	schema, chunks := texts(schema_ref.PrimaryKeys, nil)
	return schema, chunks, nil
}
