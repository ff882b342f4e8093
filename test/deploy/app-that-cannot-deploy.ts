// The app with one resource more, which no CloudFormation can make: a bucket of a name that is taken (`-c taken=…`).
import { App } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';

const app = new App();
const stack = new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
const taken = new Bucket(stack, 'Taken', { bucketName: app.node.getContext('taken') });
// Last of all, so that what comes before it is changed already and must be changed back.
taken.node.addDependency(stack.node.findChild('Thumbnailer'));
