import { MongoClient } from 'mongodb';
import { test } from 'tap';

test('knows the field in which the driver\'s cursor holds its reply: a read empties it', async (t) => {
  const client = new MongoClient('mongodb://127.0.0.1:1');
  const cursor = client.db('test').collection('fs.chunks').find();
  t.ok('documents' in cursor && cursor.documents === null);
  await client.close();
});
