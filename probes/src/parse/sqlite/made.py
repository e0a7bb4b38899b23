"""Makes databases with the real SQLite: NAME, NAME-wal and, as text, what is in the table: NAME.rows."""
import os, random, shutil, sqlite3, sys

folder = sys.argv[1]
random.seed(3)


def blob(size):
    return random.randbytes(size % 997) + bytes([size % 251]) * (size - size % 997)


def sizes(count):
    return [random.choice([0, 1, 30, 400, 480, 1000, 4000, 4061, 4062, 9000, 70_000]) for _ in range(count)]


def opened(name, *pragmas):
    db = sqlite3.connect(os.path.join(folder, name), isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    for pragma in pragmas:
        db.execute("PRAGMA " + pragma)
    db.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)")
    db.execute("CREATE TABLE 'Name' (key TEXT NOT NULL, hnum INTEGER NOT NULL)")
    return db


def fill(db, count):
    db.execute("BEGIN")
    for size in sizes(count):
        row = db.execute("INSERT INTO Packages(blob) VALUES(?)", (blob(size),)).lastrowid
        db.execute("INSERT INTO Name VALUES(?, ?)", ("name%d" % row, row))
    db.execute("COMMIT")


def tell(db, name):
    with open(os.path.join(folder, name + ".rows"), "w") as out:
        for hnum, data in db.execute("SELECT hnum, blob FROM Packages ORDER BY hnum"):
            out.write("%d %d %d %s\n" % (hnum, len(data), sum(data), data[-8:].hex()))


def keep(name, copy):
    """The files as they are while somebody is writing."""
    for ending in ["", "-wal"]:
        shutil.copy(os.path.join(folder, name + ending), os.path.join(folder, copy + ending))


for size in [512, 1024, 4096, 65536]:
    name = "pages-%d" % size
    db = opened(name, "page_size=%d" % size)
    fill(db, 150)
    db.execute("DELETE FROM Packages WHERE hnum % 7 = 0")
    tell(db, name)
    db.close()

db = opened("many-rows", "page_size=512")
db.execute("BEGIN")
for number in range(9000):
    db.execute("INSERT INTO Packages(hnum, blob) VALUES(?, ?)", (number * 5_000_000_000 - 7, bytes([number % 256]) * (number % 60)))
db.execute("COMMIT")
tell(db, "many-rows")
db.close()

db = opened("vacuumed", "page_size=1024", "auto_vacuum=1")
fill(db, 60)
db.execute("DELETE FROM Packages WHERE hnum % 2 = 0")
tell(db, "vacuumed")
db.close()

db = opened("empty", "page_size=512")
tell(db, "empty")
db.close()

db = opened("small", "page_size=512")
for size in [100, 700, 30, 3000, 20, 10, 200]:
    db.execute("INSERT INTO Packages(blob) VALUES(?)", (blob(size),))
tell(db, "small")
db.close()

db = opened("log-small", "page_size=512", "journal_mode=WAL", "wal_autocheckpoint=0")
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
for size in [100, 700, 30, 3000]:
    db.execute("INSERT INTO Packages(blob) VALUES(?)", (blob(size),))
tell(db, "log-small")
small = db

for size in [512, 4096, 65536]:
    name = "log-%d" % size
    db = opened(name, "page_size=%d" % size, "journal_mode=WAL", "wal_autocheckpoint=0", "cache_size=4")
    fill(db, 40)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    tell(db, name + "-carried-over")
    keep(name, name + "-carried-over")
    # Changes that are only in the log: more, fewer and other rows.
    fill(db, 20)
    db.execute("DELETE FROM Packages WHERE hnum % 3 = 0")
    db.execute("UPDATE Packages SET blob = ? WHERE hnum = 2", (blob(5000),))
    tell(db, name + "-finished")
    keep(name, name + "-finished")
    # A change that is not finished, yet so large that its pages are in the log already.
    db.execute("BEGIN")
    for _ in range(30):
        db.execute("INSERT INTO Packages(blob) VALUES(?)", (blob(70_000),))
    db.execute("DELETE FROM Packages WHERE hnum < 30")
    keep(name, name + "-unfinished")
    db.execute("ROLLBACK")
    tell(db, name + "-unfinished")
    # A log that was begun anew over an older and longer one.
    db.execute("PRAGMA wal_checkpoint(RESTART)")
    db.execute("DELETE FROM Packages WHERE hnum = 1")
    tell(db, name + "-again")
    keep(name, name + "-again")
    db.close()
    for ending in ["", "-wal", "-shm"]:
        if os.path.exists(os.path.join(folder, name + ending)):
            os.remove(os.path.join(folder, name + ending))

# With the last connection the log would be carried over and removed.
keep("log-small", "small-log")
small.close()
for ending in ["", "-wal"]:
    os.replace(os.path.join(folder, "small-log" + ending), os.path.join(folder, "log-small" + ending))
