import java.sql.*;
import java.util.*;

// Asks a server by Apache Arrow's JDBC driver: Ask HOST:PORT CERTIFICATE TOKEN
public class Ask {
  public static void main(String[] args) throws Exception {
    Properties p = new Properties();
    p.put("useEncryption", "true");
    p.put("tlsRootCerts", args[1]);
    p.put("token", args[2]);
    try (Connection c = DriverManager.getConnection("jdbc:arrow-flight-sql://" + args[0], p)) {
      DatabaseMetaData m = c.getMetaData();
      System.out.println(m.getDatabaseProductName() + " " + m.isReadOnly());
      try (ResultSet r = m.getTables(null, "core", "sal%", null)) {
        while (r.next()) System.out.println(r.getString("TABLE_SCHEM") + "." + r.getString("TABLE_NAME") + " " + r.getString("TABLE_TYPE"));
      }
      try (ResultSet r = m.getColumns(null, "core", "sale", "n%")) {
        while (r.next()) System.out.println(r.getString("COLUMN_NAME") + " " + r.getString("TYPE_NAME"));
      }
      try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT id, region, name, net, day, share, sparse FROM core.sale WHERE id IN (5, 6) ORDER BY id")) {
        while (r.next()) System.out.println(r.getLong(1) + " " + r.getString(2) + " " + r.getString(3) + " " + r.getBigDecimal(4) + " " + r.getDate(5) + " " + r.getDouble(6) + " " + r.getObject(7));
      }
      try (PreparedStatement s = c.prepareStatement("SELECT count(*) AS n FROM core.sale WHERE id < ? AND region = ?")) {
        for (long below : new long[] {100, 10}) {
          s.setLong(1, below);
          s.setString(2, "North");
          try (ResultSet r = s.executeQuery()) { r.next(); System.out.println("prepared " + r.getLong(1)); }
        }
      }
      try (Statement s = c.createStatement()) {
        s.executeQuery("SELECT nosuch FROM core.sale");
        System.out.println("not refused");
      } catch (SQLException e) { System.out.println("refused " + e.getMessage().contains("line 1, column 8")); }
      long sum = 0;
      try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT i, repeat('x', 20) AS t FROM range(100000) AS r (i)")) { while (r.next()) sum += r.getLong(1); }
      System.out.println("sum " + sum);
    }
  }
}
